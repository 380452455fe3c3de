#include "operators/window_aggregate.h"

#include <algorithm>
#include <limits>
#include <rapidcheck.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "base/format.h"
#include "harness/any_steps.h"
#include "harness/operator_harness.h"
#include "harness/recorded_output.h"
#include "harness/totals.h"
#include "harness/window_expectation.h"

namespace weir {
namespace {

using harness::Cut;
using harness::Input;
using harness::Observed;
using harness::OperatorHarness;
using harness::Step;
using harness::Totals;
using harness::Until;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::UnorderedElementsAre;

constexpr std::int64_t kTimeMax = std::numeric_limits<std::int64_t>::max();

WindowAggregateOptions options_for(const WindowSpec& spec, const weir_functions& functions) {
  return {.window = spec,
          .groups = {},
          .state = harness::totals_state(),
          .output_size = sizeof(harness::TotalsRow),
          .functions = &functions};
}

OperatorHarness harness_for(const WindowSpec& spec) {
  static const weir_functions functions = harness::totals_functions();
  return {[spec] { return *make_window_aggregate(options_for(spec, functions)); },
          harness::text_of_totals_row};
}

Observed sorted(Observed observed) {
  std::ranges::sort(observed.rows);
  return observed;
}

Input row(std::int64_t time, std::string user, std::int64_t amount) {
  return {.time = time, .user = std::move(user), .amount = amount};
}

TEST(WindowAggregate, ATumblingWindowFiresWhenTheWatermarkReachesItsLastMillisecond) {
  const WindowSpec spec{.size = 10, .slide = 10};
  const std::vector<Step> steps = {row(0, "a", 1), row(9, "a", 2), row(10, "a", 4), Until{8}};

  const Observed before = harness_for(spec).run_every_way(steps, 1);
  EXPECT_THAT(before.rows, ElementsAre("9 a [0, 10) 2 3 1", "19 a [10, 20) 1 4 4"));

  static const weir_functions functions = harness::totals_functions();
  const auto subject = *make_window_aggregate(options_for(spec, functions));
  harness::RecordedOutput output;
  const std::vector<Input> inputs = {row(0, "a", 1)};
  ASSERT_TRUE(subject->process(0, harness::batch_of(inputs), output));
  ASSERT_TRUE(subject->advance({8}, output));
  EXPECT_EQ(output.row_count(), 0u);
  ASSERT_TRUE(subject->advance({9}, output));
  EXPECT_EQ(output.row_count(), 1u);
}

TEST(WindowAggregate, ARowThatNoWindowCanTakeIsLate) {
  const std::vector<Step> steps = {
      row(5, "a", 1), Until{9}, row(9, "a", 2), row(10, "a", 4), Until{25}, row(19, "b", 8)};

  const Observed observed = harness_for({.size = 10, .slide = 10}).run_every_way(steps, 1);

  EXPECT_THAT(observed.rows, ElementsAre("9 a [0, 10) 1 1 1", "19 a [10, 20) 1 4 4"));
  EXPECT_THAT(observed.late, ElementsAre("[0] a 9 2 ", "[0] b 19 8 "));
}

TEST(WindowAggregate, ARowMayMissAnOlderWindowAndEnterAYoungerOne) {
  const std::vector<Step> steps = {row(12, "a", 1), Until{19}, row(13, "a", 2)};

  const Observed observed = harness_for({.size = 20, .slide = 10}).run_every_way(steps, 1);

  EXPECT_THAT(observed.rows, ElementsAre("19 a [0, 20) 1 1 1", "29 a [10, 30) 2 3 1"));
  EXPECT_THAT(observed.late, IsEmpty());
}

TEST(WindowAggregate, WithAllowedLatenessAWindowFiresAgainForEachRow) {
  const WindowSpec spec{.size = 10, .slide = 10, .allowed_lateness = 5};
  const std::vector<Step> steps = {row(5, "a", 1),
                                   row(5, "b", 1),
                                   Until{13},
                                   row(6, "a", 2),
                                   row(7, "a", 4),
                                   Until{14},
                                   row(8, "a", 8)};

  const Observed observed = harness_for(spec).run_every_way(steps, 1);

  EXPECT_THAT(
      observed.rows,
      UnorderedElementsAre(
          "9 a [0, 10) 1 1 1", "9 b [0, 10) 1 1 1", "9 a [0, 10) 2 3 1", "9 a [0, 10) 3 7 1"));
  EXPECT_THAT(observed.late, ElementsAre("[0] a 8 8 "));
}

TEST(WindowAggregate, AKeyWithNothingButRefusedRowsIsNotThere) {
  const std::vector<Step> steps = {row(1, "a", harness::kBadAmount),
                                   row(2, "b", harness::kBadAmount),
                                   row(3, "b", 5),
                                   row(4, "c", 7),
                                   row(5, "c", harness::kBadAmount)};

  const Observed observed = harness_for({.size = 10, .slide = 10}).run_every_way(steps, 1);

  EXPECT_THAT(observed.rows, UnorderedElementsAre("9 b [0, 10) 1 5 5", "9 c [0, 10) 1 7 7"));
  EXPECT_EQ(observed.refused.size(), 3u);
}

TEST(WindowAggregate, ARefusedWindowIsReportedAndTheOthersFire) {
  const std::vector<Step> steps = {row(1, "a", 6), row(2, "a", 7), row(3, "b", 5)};

  const Observed observed = harness_for({.size = 10, .slide = 10}).run_every_way(steps, 1);

  EXPECT_THAT(observed.rows, ElementsAre("9 b [0, 10) 1 5 5"));
  EXPECT_THAT(observed.refused_windows, ElementsAre("a [0, 10): bad sum"));
}

TEST(WindowAggregate, TimesAtTheLimitsFireOrAreLateAndHarmNothing) {
  for (const std::int64_t slide : {10, 7}) {
    const std::vector<Step> steps = {row(kTimeMax, "a", 1),
                                     row(-kTimeMax - 1, "a", 2),
                                     row(0, "a", 4),
                                     Until{-kTimeMax},
                                     Until{kTimeMax - 1},
                                     row(kTimeMax, "a", 8)};

    const Observed observed = harness_for({.size = 10, .slide = slide}).run_every_way(steps, 1);

    EXPECT_FALSE(observed.rows.empty());
    EXPECT_EQ(observed.late.size(), 1u);
  }
}

TEST(WindowAggregate, ManyKeysComeOutInBoundedSteps) {
  std::vector<Step> steps;
  for (int i = 0; i < 10'000; ++i)
    steps.emplace_back(row(i % 30, "user-" + std::to_string(i), 1));

  for (const std::int64_t slide : {30, 15}) {
    const WindowSpec spec{.size = 30, .slide = slide};
    const Observed observed = harness_for(spec).run(steps, Cut::Random, 7);
    EXPECT_EQ(sorted(observed), harness::expected_totals(spec, steps));
  }
}

void check_against_answer(const WindowSpec& spec, const std::vector<Step>& steps) {
  const Observed observed = harness_for(spec).run_every_way(steps, *rc::gen::arbitrary<int>());

  RC_ASSERT(sorted(observed) == harness::expected_totals(spec, steps));
  RC_ASSERT(!testing::Test::HasFailure());
}

RC_GTEST_PROP(WindowAggregate, GivesThePlainAnswerInEveryWay, ()) {
  check_against_answer(harness::any_window(5), harness::any_steps(1));
}

RC_GTEST_PROP(WindowAggregate, GivesThePlainAnswerWhereWindowsAreMadeOfManySlices, ()) {
  check_against_answer(harness::any_window(60), harness::any_steps(1));
}

RC_GTEST_PROP(WindowAggregate, GivesThePlainAnswerForRowsOfAnyTime, ()) {
  check_against_answer(harness::any_window(30), harness::any_scattered_steps(1));
}

TEST(WindowAggregate, APluginThatFailsAsAWholeFailsTheOperator) {
  static weir_functions functions = harness::totals_functions();
  functions.add = [](void*, const weir_rows*, void* const*, weir_error*) noexcept {
    return WEIR_FAILED;
  };
  const auto subject = *make_window_aggregate(options_for({.size = 10, .slide = 10}, functions));
  harness::RecordedOutput output;
  const std::vector<Input> inputs = {row(0, "a", 1)};

  const Status status = subject->process(0, harness::batch_of(inputs), output);

  ASSERT_FALSE(status);
  EXPECT_EQ(status.error().text(), "plugin: add: no reason given");
}

TEST(WindowAggregate, APluginThatCommitsMoreThanItReservedFailsTheOperator) {
  static weir_functions functions = harness::totals_functions();
  functions.fire = [](void*, const weir_groups*, weir_out* out, weir_error*) noexcept {
    const std::vector<std::uint32_t> sources(100, 0);
    out->reserve(out, 1);
    out->commit(out, 100, sources.data());
    return WEIR_OK;
  };
  const auto subject = *make_window_aggregate(options_for({.size = 10, .slide = 10}, functions));
  harness::RecordedOutput output;
  const std::vector<Input> inputs = {row(0, "a", 1)};
  ASSERT_TRUE(subject->process(0, harness::batch_of(inputs), output));

  const auto advance = subject->advance(EventTime::max(), output);

  ASSERT_FALSE(advance);
  EXPECT_EQ(advance.error().text(), "plugin: output: committed 100 rows where 1 were reserved");
}

TEST(WindowAggregate, StopsWhenErrorsStopTheJob) {
  static const weir_functions functions = harness::totals_functions();
  const auto subject = *make_window_aggregate(options_for({.size = 10, .slide = 10}, functions));
  harness::RecordedOutput output;
  output.stops_on_errors = true;
  const std::vector<Input> inputs = {row(0, "a", harness::kBadAmount)};

  EXPECT_FALSE(subject->process(0, harness::batch_of(inputs), output));
}

TEST(WindowAggregate, RefusesAPluginWithoutTheFunctionsItNeeds) {
  weir_functions functions = harness::totals_functions();
  functions.merge = nullptr;
  EXPECT_TRUE(make_window_aggregate(options_for({.size = 10, .slide = 10}, functions)));
  EXPECT_FALSE(make_window_aggregate(options_for({.size = 20, .slide = 10}, functions)));
  EXPECT_FALSE(make_window_aggregate(options_for({.size = 0, .slide = 0}, functions)));

  functions = harness::totals_functions();
  functions.struct_size = sizeof(weir_functions) - 8;
  EXPECT_FALSE(make_window_aggregate(options_for({.size = 10, .slide = 10}, functions)));
}

TEST(WindowAggregate, StateIsGoneWhenItsWindowsAre) {
  static const weir_functions functions = harness::totals_functions();
  const auto subject = *make_window_aggregate(options_for({.size = 1000, .slide = 10}, functions));
  harness::RecordedOutput output;
  std::size_t bytes_at_start = 0;
  for (std::int64_t time = 0; time < 12'000; time += 10) {
    const std::vector<Input> inputs = {row(time, "a", 1), row(time + 5, "b", 1)};
    ASSERT_TRUE(subject->process(0, harness::batch_of(inputs), output));
    ASSERT_TRUE(subject->advance({time}, output));
    output = {};
    if (time == 5'000) bytes_at_start = subject->state_bytes();
  }

  EXPECT_LE(subject->key_count(), 2u * 102);
  EXPECT_LE(subject->state_bytes(), bytes_at_start * 11 / 10);
}

}  // namespace
}  // namespace weir
