#include "operators/window_rows.h"

#include <algorithm>
#include <limits>
#include <rapidcheck.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "base/format.h"
#include "harness/any_steps.h"
#include "harness/listing.h"
#include "harness/operator_harness.h"
#include "harness/recorded_output.h"
#include "harness/window_expectation.h"

namespace weir {
namespace {

using harness::Cut;
using harness::Input;
using harness::Observed;
using harness::OperatorHarness;
using harness::Step;
using harness::Until;
using testing::ElementsAre;
using testing::UnorderedElementsAre;

WindowRowsOptions options_for(const WindowSpec& spec,
                              std::size_t side_count,
                              const weir_functions& functions) {
  const auto schema = std::make_shared<const RecordSchema>(harness::event_schema());
  return {.window = spec,
          .groups = {},
          .inputs = {side_count, schema},
          .output_size = sizeof(harness::ListingRow),
          .functions = &functions};
}

std::unique_ptr<Operator> make(const WindowSpec& spec, std::size_t side_count) {
  static const weir_functions functions = harness::listing_functions();
  return *make_window_rows(options_for(spec, side_count, functions));
}

OperatorHarness harness_for(const WindowSpec& spec, std::size_t side_count) {
  return {[=] { return make(spec, side_count); }, harness::text_of_listing_row};
}

Observed sorted(Observed observed) {
  std::ranges::sort(observed.rows);
  return observed;
}

Input row(std::size_t port, std::int64_t time, std::string user, std::string note) {
  return {.port = port, .time = time, .user = std::move(user), .note = std::move(note)};
}

TEST(WindowRows, AGroupHasItsRowsByTimeAndThenByArrival) {
  const std::vector<Step> steps = {
      row(0, 5, "a", "1"), row(0, 3, "a", "2"), row(0, 5, "a", "3"), row(0, 3, "a", "4")};

  const Observed observed = harness_for({.size = 10, .slide = 10}, 1).run_every_way(steps, 1);

  EXPECT_THAT(observed.rows, ElementsAre("9 a [0, 10) left: 1@3(2) 1@3(4) 1@5(1) 1@5(3)"));
}

TEST(WindowRows, ACoGroupOfOverlappingWindowsHasAKeysRowsOfBothSides) {
  const std::vector<Step> steps = {row(0, 5, "a", "l"), row(1, 12, "a", "r"), Until{19}};

  const Observed observed = harness_for({.size = 20, .slide = 10}, 2).run_every_way(steps, 1);

  EXPECT_THAT(observed.rows,
              ElementsAre("9 a [-10, 10) left: 1@5(l) right:",
                          "19 a [0, 20) left: 1@5(l) right: 1@12(r)",
                          "29 a [10, 30) left: right: 1@12(r)"));
}

TEST(WindowRows, ACoGroupDivertsLateRowsOfBothSides) {
  const std::vector<Step> steps = {Until{19}, row(0, 9, "a", "l"), row(1, 9, "b", "r")};

  const Observed observed = harness_for({.size = 10, .slide = 10}, 2).run_every_way(steps, 1);

  EXPECT_THAT(observed.late, ElementsAre("[0] a 9 1 l", "[1] b 9 1 r"));
}

TEST(WindowRows, WithAllowedLatenessTheWholeGroupFiresAgain) {
  const WindowSpec spec{.size = 10, .slide = 10, .allowed_lateness = 5};
  const std::vector<Step> steps = {row(0, 5, "a", "x"), Until{12}, row(1, 4, "a", "y")};

  const Observed observed = harness_for(spec, 2).run_every_way(steps, 1);

  EXPECT_THAT(
      observed.rows,
      ElementsAre("9 a [0, 10) left: 1@5(x) right:", "9 a [0, 10) left: 1@5(x) right: 1@4(y)"));
}

TEST(WindowRows, ARefusedGroupIsReportedAndTheOthersFire) {
  const std::vector<Step> steps = {row(0, 1, "a", "bad"), row(0, 1, "b", "x")};

  const Observed observed = harness_for({.size = 10, .slide = 10}, 1).run_every_way(steps, 1);

  EXPECT_THAT(observed.rows, ElementsAre("9 b [0, 10) left: 1@1(x)"));
  EXPECT_THAT(observed.refused_windows, ElementsAre("a [0, 10): bad note"));
}

TEST(WindowRows, OneKeyMayHaveManyRows) {
  std::vector<Step> steps;
  for (int i = 0; i < 3'000; ++i)
    steps.emplace_back(row(static_cast<std::size_t>(i % 2), (i * 7) % 40, "a", "n"));
  const WindowSpec spec{.size = 20, .slide = 10};

  const Observed observed = harness_for(spec, 2).run(steps, Cut::Random, 3);

  EXPECT_EQ(sorted(observed), harness::expected_listing(spec, 2, steps));
}

TEST(WindowRows, ManyKeysComeOutInBoundedSteps) {
  std::vector<Step> steps;
  for (int i = 0; i < 10'000; ++i) {
    steps.emplace_back(
        row(static_cast<std::size_t>(i % 2), i % 40, "user-" + std::to_string(i / 2), "n"));
  }
  for (const std::int64_t slide : {30, 15}) {
    const WindowSpec spec{.size = 30, .slide = slide};
    const Observed observed = harness_for(spec, 2).run(steps, Cut::Random, 3);
    EXPECT_EQ(sorted(observed), harness::expected_listing(spec, 2, steps));
  }
}

// Keys come out in the order of their first row, which is another when sides are mixed in another
// way.
RC_GTEST_PROP(WindowRows, GivesThePlainAnswerHoweverTheSidesAreMixed, ()) {
  const WindowSpec spec = harness::any_window(*rc::gen::element(2, 5, 20));
  const std::size_t side_count = *rc::gen::element<std::size_t>(1, 2);
  const std::vector<Step> steps = harness::any_steps_near_or_scattered(side_count);
  const auto seed = *rc::gen::arbitrary<std::uint64_t>();

  const Observed observed = harness_for(spec, side_count).run_every_way(steps, seed);

  RC_ASSERT(sorted(observed) == harness::expected_listing(spec, side_count, steps));
  RC_ASSERT(!testing::Test::HasFailure());
  if (spec.allowed_lateness > 0) return;  // Then the order of sides shows in what fires again.
  const Observed mixed =
      harness_for(spec, side_count).run(harness::interleave(steps, seed), Cut::Random, seed);
  RC_ASSERT(sorted(mixed) == sorted(observed));
}

TEST(WindowRows, StateIsGoneWhenItsWindowsAre) {
  const auto subject = make({.size = 30, .slide = 10}, 2);
  harness::RecordedOutput output;
  std::size_t bytes_at_start = 0;
  for (std::int64_t time = 0; time < 4'000; time += 10) {
    std::vector<Input> inputs;
    for (int i = 0; i < 100; ++i)
      inputs.push_back(row(0, time + i % 10, "user-" + std::to_string(i % 30), "some note"));
    ASSERT_TRUE(subject->process(
        static_cast<std::size_t>(time / 10 % 2), harness::batch_of(inputs), output));
    ASSERT_TRUE(subject->advance({time}, output));
    output = {};
    if (time == 1'000) bytes_at_start = subject->state_bytes();
  }

  EXPECT_LE(subject->key_count(), 30u * 5);
  EXPECT_LE(subject->state_bytes(), bytes_at_start * 11 / 10);
}

TEST(WindowRows, RefusesAPluginWithoutFire) {
  weir_functions functions = harness::listing_functions();
  functions.fire = nullptr;
  EXPECT_FALSE(make_window_rows(options_for({.size = 10, .slide = 10}, 1, functions)));
}

}  // namespace
}  // namespace weir
