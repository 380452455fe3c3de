#include "harness/any_steps.h"

#include <cstdlib>
#include <rapidcheck.h>

#include "harness/listing.h"
#include "harness/totals.h"

namespace weir::harness {
namespace {

Input any_input(std::size_t port_count) {
  Input input;
  input.port = *rc::gen::inRange<std::size_t>(0, port_count);
  input.time = *rc::gen::inRange(-40, 40);
  input.user = std::string(static_cast<std::size_t>(*rc::gen::inRange(0, 4)) * 9, 'u') +
               static_cast<char>('a' + *rc::gen::inRange(0, 3));
  input.amount = *rc::gen::element<std::int64_t>(1, 2, 5, 6, 7, -3, kBadAmount);
  input.note = *rc::gen::element<std::string>(
      "", "x", "a note of some length", std::string(1100, 'y'), std::string(kBadNote));
  return input;
}

}  // namespace

std::vector<Step> any_scattered_steps(std::size_t port_count) {
  const auto step = rc::gen::exec([=]() -> Step {
    if (*rc::gen::inRange(0, 8) == 0) return Until{*rc::gen::inRange(-20, 20)};
    return any_input(port_count);
  });
  auto steps = *rc::gen::container<std::vector<Step>>(step);
  std::int64_t watermark = -50;
  for (Step& any : steps) {
    if (auto* until = std::get_if<Until>(&any))
      until->time = watermark += std::abs(until->time) / 2 + 1;
  }
  return steps;
}

std::vector<Step> any_steps(std::size_t port_count) {
  std::vector<Step> steps = any_scattered_steps(port_count);
  std::int64_t watermark = -50;
  for (Step& step : steps) {
    if (auto* input = std::get_if<Input>(&step)) {
      input->time += watermark + 15;
    } else {
      watermark = std::get<Until>(step).time;
    }
  }
  return steps;
}

std::vector<Step> any_steps_near_or_scattered(std::size_t port_count) {
  return *rc::gen::arbitrary<bool>() ? any_steps(port_count) : any_scattered_steps(port_count);
}

WindowSpec any_window(std::int64_t slides_max) {
  WindowSpec spec;
  spec.slide = *rc::gen::inRange<std::int64_t>(1, 12);
  spec.size = spec.slide * *rc::gen::inRange<std::int64_t>(1, slides_max) +
              (*rc::gen::arbitrary<bool>() ? *rc::gen::inRange<std::int64_t>(0, spec.slide) : 0);
  spec.offset = *rc::gen::inRange<std::int64_t>(0, spec.slide);
  if (*rc::gen::arbitrary<bool>()) spec.allowed_lateness = *rc::gen::inRange<std::int64_t>(0, 20);
  return spec;
}

}  // namespace weir::harness
