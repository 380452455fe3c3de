#include "flow/barrier_alignment.h"

#include <algorithm>

#include "base/check.h"

namespace weir {

BarrierAlignment::BarrierAlignment(std::size_t input_count)
    : inputs_(input_count, InputState::Open), open_(input_count) {}

std::optional<std::uint64_t> BarrierAlignment::arrive(std::size_t input, std::uint64_t epoch) {
  CHECK(inputs_[input] == InputState::Open);
  CHECK(arrived_ == 0 ? epoch > epoch_ : epoch == epoch_);
  epoch_ = epoch;
  inputs_[input] = InputState::Arrived;
  ++arrived_;
  --open_;
  return complete();
}

std::optional<std::uint64_t> BarrierAlignment::end(std::size_t input) {
  CHECK(inputs_[input] == InputState::Open);
  inputs_[input] = InputState::Ended;
  --open_;
  return complete();
}

std::optional<std::uint64_t> BarrierAlignment::complete() {
  if (arrived_ == 0 || open_ > 0) return std::nullopt;
  std::replace(inputs_.begin(), inputs_.end(), InputState::Arrived, InputState::Open);
  open_ = arrived_;
  arrived_ = 0;
  return epoch_;
}

}  // namespace weir
