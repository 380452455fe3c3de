// What windowed operators hand over at barriers, and become again from it.
#include <algorithm>
#include <cstring>
#include <rapidcheck.h>
#include <sstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "harness/any_steps.h"
#include "harness/listing.h"
#include "harness/recorded_output.h"
#include "harness/restarts.h"
#include "harness/totals.h"
#include "harness/window_expectation.h"
#include "operators/window_aggregate.h"
#include "operators/window_rows.h"

namespace weir {
namespace {

using harness::Input;
using harness::Observed;
using harness::RestartedRun;
using harness::Restarts;
using harness::Step;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

std::unique_ptr<Operator> make_aggregate(const WindowSpec& spec, KeyGroupRange groups = {}) {
  static const weir_functions functions = harness::totals_functions();
  return *make_window_aggregate({.window = spec,
                                 .groups = groups,
                                 .state = harness::totals_state(),
                                 .output_size = sizeof(harness::TotalsRow),
                                 .functions = &functions,
                                 .is_durable = true});
}

std::unique_ptr<Operator> make_rows(const WindowSpec& spec,
                                    std::size_t side_count,
                                    KeyGroupRange groups = {}) {
  static const weir_functions functions = harness::listing_functions();
  const auto schema = std::make_shared<const RecordSchema>(harness::event_schema());
  return *make_window_rows({.window = spec,
                            .groups = groups,
                            .inputs = {side_count, schema},
                            .output_size = sizeof(harness::ListingRow),
                            .functions = &functions,
                            .is_durable = true});
}

Restarts restarts_of_aggregate(const WindowSpec& spec) {
  return {[spec](KeyGroupRange groups) { return make_aggregate(spec, groups); },
          harness::text_of_totals_row};
}

Restarts restarts_of_rows(const WindowSpec& spec, std::size_t side_count) {
  return {[=](KeyGroupRange groups) { return make_rows(spec, side_count, groups); },
          harness::text_of_listing_row};
}

void feed(Operator& subject, const std::vector<Input>& inputs, std::size_t port = 0) {
  harness::RecordedOutput output;
  ASSERT_TRUE(subject.process(port, harness::batch_of(inputs), output));
}

void advance(Operator& subject, std::int64_t watermark) {
  harness::RecordedOutput output;
  while (*subject.advance({watermark}, output) == Advance::More) {}
}

StateDelta collect(Operator& subject) {
  StateDelta delta;
  subject.collect(delta);
  while (!subject.collect_more()) {}
  return delta;
}

std::vector<std::string> keys_of(const StateDelta& delta) {
  std::vector<std::string> keys;
  for (const StateDelta::Entry& entry : delta.entries())
    keys.emplace_back(delta.place(entry).key);
  std::ranges::sort(keys);
  return keys;
}

Input row(std::int64_t time, std::string user, std::int64_t amount = 1) {
  return {.time = time, .user = std::move(user), .amount = amount};
}

void expect_same(const RestartedRun& run, const Observed& expected) {
  if (run.observed == expected) return;
  std::ostringstream text;
  text << "observed:";
  harness::PrintTo(run.observed, &text);
  text << "\nexpected:";
  harness::PrintTo(expected, &text);
  for (const auto& [user, steps] : run.seen) {
    text << "\nseen by " << user << ":";
    for (const Step& step : steps)
      text << "\n  " << harness::text_of(step);
  }
  RC_FAIL(text.str());
}

RC_GTEST_PROP(WindowRestart, AnAggregateGivesThePlainAnswerHoweverOftenItCrashes, ()) {
  const WindowSpec spec = harness::any_window(*rc::gen::element(2, 5, 40));
  const std::vector<Step> steps = harness::any_steps_near_or_scattered(1);
  const auto seed = *rc::gen::arbitrary<std::uint64_t>();

  const RestartedRun run = restarts_of_aggregate(spec).run(steps, seed);

  RC_CLASSIFY(run.epochs > 2 && run.crashes > 2, "several epochs and crashes");
  RC_CLASSIFY(run.largest_crew > 1, "several tasks");
  expect_same(run, harness::answer_of_all(run.seen, [&](const std::vector<Step>& seen) {
                return harness::expected_totals(spec, seen);
              }));
}

RC_GTEST_PROP(WindowRestart, RowsAndCoGroupsGiveThePlainAnswerHoweverOftenTheyCrash, ()) {
  const WindowSpec spec = harness::any_window(*rc::gen::element(2, 5, 20));
  const std::size_t side_count = *rc::gen::element<std::size_t>(1, 2);
  const std::vector<Step> steps = harness::any_steps_near_or_scattered(side_count);
  const auto seed = *rc::gen::arbitrary<std::uint64_t>();

  const RestartedRun run = restarts_of_rows(spec, side_count).run(steps, seed);

  RC_CLASSIFY(run.epochs > 2 && run.crashes > 2, "several epochs and crashes");
  expect_same(run, harness::answer_of_all(run.seen, [&](const std::vector<Step>& seen) {
                return harness::expected_listing(spec, side_count, seen);
              }));
}

TEST(WindowRestart, ADeltaHoldsTheKeysThatChangedAndNoOthers) {
  const auto subject = make_aggregate({.size = 10, .slide = 10});
  feed(*subject, {row(1, "a"), row(2, "b"), row(3, "a"), row(11, "a")});
  EXPECT_THAT(keys_of(collect(*subject)), ElementsAre("a", "a", "b"));

  feed(*subject, {row(4, "b"), row(5, "b")});
  EXPECT_THAT(keys_of(collect(*subject)), ElementsAre("b"));

  EXPECT_THAT(collect(*subject).entries(), IsEmpty());
}

TEST(WindowRestart, AKeyThatOnlyARefusedRowBroughtIsNotHandedOver) {
  const auto subject = make_aggregate({.size = 10, .slide = 10});

  feed(*subject, {row(1, "a"), row(2, "b", harness::kBadAmount)});

  EXPECT_THAT(keys_of(collect(*subject)), ElementsAre("a"));
}

TEST(WindowRestart, RowsAreHandedOverOnce) {
  const auto subject = make_rows({.size = 10, .slide = 10}, 2);
  feed(*subject, {row(1, "a"), row(2, "a")});
  const StateDelta first = collect(*subject);
  feed(*subject, {row(3, "a")}, 1);
  const StateDelta second = collect(*subject);

  ASSERT_THAT(first.entries(), SizeIs(1));
  ASSERT_THAT(second.entries(), SizeIs(1));
  EXPECT_EQ(first.value(first.entries()[0]).size(), 2 * second.value(second.entries()[0]).size());
}

TEST(WindowRestart, ASliceIsDroppedOnceAndOnlyWhenItWasHandedOver) {
  const auto subject = make_aggregate({.size = 10, .slide = 10});
  feed(*subject, {row(1, "a"), row(11, "a")});
  collect(*subject);
  feed(*subject, {row(21, "a")});
  advance(*subject, 29);

  const StateDelta delta = collect(*subject);
  EXPECT_THAT(delta.entries(), IsEmpty());
  ASSERT_THAT(delta.drops(), SizeIs(2));
  EXPECT_EQ(delta.drops()[0].section, 0);
  EXPECT_EQ(delta.drops()[1].section, 1);
  EXPECT_EQ(delta.drops()[0].group_count, kKeyGroupsDefault);
  EXPECT_THAT(collect(*subject).drops(), IsEmpty());
}

TEST(WindowRestart, WhatChangesWhileItIsCollectedIsHandedOverAsItWasAtTheBarrier) {
  const auto subject = make_aggregate({.size = 10, .slide = 10});
  std::vector<Input> inputs;
  for (int i = 0; i < 10'000; ++i)
    inputs.push_back(row(1, "user-" + std::to_string(i)));
  feed(*subject, inputs);

  StateDelta delta;
  subject->collect(delta);
  EXPECT_FALSE(subject->collect_more());
  feed(*subject, inputs);
  advance(*subject, 20);  // The slice goes while it is being collected.
  while (!subject->collect_more()) {}

  EXPECT_THAT(delta.entries(), SizeIs(10'000));
  for (const StateDelta::Entry& entry : delta.entries()) {
    harness::Totals totals{};
    std::memcpy(&totals, delta.value(entry).data(), sizeof(totals));
    ASSERT_EQ(totals.count, 1);
  }
  const StateDelta next = collect(*subject);
  EXPECT_THAT(next.entries(), IsEmpty());
  EXPECT_THAT(next.drops(), SizeIs(1));
}

}  // namespace
}  // namespace weir
