#include "flow/watermark_merge.h"

#include <algorithm>
#include <random>

#include <gmock/gmock.h>

#include "seed/test_seed.h"

namespace weir {
namespace {

using ::testing::Eq;
using ::testing::Optional;

EventTime at(std::int64_t milliseconds) {
  return {milliseconds};
}

TEST(WatermarkMerge, PromisesNothingBeforeEveryInputHas) {
  WatermarkMerge merge(2);

  EXPECT_THAT(merge.observe(0, at(50)), Eq(std::nullopt));
  EXPECT_THAT(merge.observe(1, at(30)), Optional(at(30)));
}

TEST(WatermarkMerge, FollowsTheSlowestInput) {
  WatermarkMerge merge(2);
  static_cast<void>(merge.observe(0, at(50)));
  static_cast<void>(merge.observe(1, at(30)));

  EXPECT_THAT(merge.observe(0, at(90)), Eq(std::nullopt));
  EXPECT_THAT(merge.observe(1, at(60)), Optional(at(60)));
  EXPECT_THAT(merge.holder(), Optional(std::size_t{1}));
}

TEST(WatermarkMerge, IdleInputDoesNotHoldOthersBack) {
  WatermarkMerge merge(2);
  static_cast<void>(merge.observe(0, at(50)));

  EXPECT_THAT(merge.mark_idle(1), Optional(at(50)));
  EXPECT_THAT(merge.observe(0, at(70)), Optional(at(70)));
}

TEST(WatermarkMerge, NeverGoesBackWhenAnIdleInputWakesUp) {
  WatermarkMerge merge(2);
  static_cast<void>(merge.observe(0, at(50)));
  static_cast<void>(merge.mark_idle(1));

  EXPECT_THAT(merge.observe(1, at(20)), Eq(std::nullopt));
  EXPECT_THAT(merge.merged(), at(50));
  EXPECT_THAT(merge.observe(0, at(90)), Eq(std::nullopt));
  EXPECT_THAT(merge.observe(1, at(80)), Optional(at(80)));
}

TEST(WatermarkMerge, FollowsAnInputThatWakesUpAlone) {
  WatermarkMerge merge(2);
  static_cast<void>(merge.observe(0, at(50)));
  static_cast<void>(merge.observe(1, at(90)));
  static_cast<void>(merge.mark_idle(1));
  static_cast<void>(merge.mark_idle(0));

  EXPECT_THAT(merge.mark_active(1), Optional(at(90)));
}

TEST(WatermarkMerge, DoesNotMoveWhenTheLastActiveInputGoesIdle) {
  WatermarkMerge merge(2);
  static_cast<void>(merge.observe(0, at(50)));
  static_cast<void>(merge.observe(1, at(90)));

  EXPECT_THAT(merge.mark_idle(1), Eq(std::nullopt));
  EXPECT_THAT(merge.mark_idle(0), Eq(std::nullopt));
  EXPECT_TRUE(merge.is_idle());
  EXPECT_THAT(merge.merged(), at(50));
}

TEST(WatermarkMerge, EndedInputDoesNotHoldOthersBack) {
  WatermarkMerge merge(2);
  static_cast<void>(merge.observe(0, at(50)));

  EXPECT_THAT(merge.mark_ended(1), Optional(at(50)));
  EXPECT_FALSE(merge.has_ended());
  EXPECT_THAT(merge.mark_ended(0), Eq(std::nullopt));
  EXPECT_TRUE(merge.has_ended());
  EXPECT_FALSE(merge.is_idle());
}

TEST(WatermarkMerge, NewInputHoldsBackUntilItSpeaks) {
  WatermarkMerge merge(1);
  static_cast<void>(merge.observe(0, at(50)));

  const std::size_t added = merge.add_input();

  EXPECT_THAT(merge.observe(0, at(60)), Eq(std::nullopt));
  EXPECT_THAT(merge.observe(added, at(55)), Optional(at(55)));
}

// Whatever happens, the output is the largest minimum over the active inputs so far.
TEST(WatermarkMerge, AgreesWithTheDefinitionOnRandomHistories) {
  std::mt19937 random(tests::test_seed());
  for (int round = 0; round < 200; ++round) {
    const std::size_t count = 1 + random() % 4;
    WatermarkMerge merge(count);
    std::vector<EventTime> promises(count, EventTime::min());
    std::vector<int> states(count, 0);  // 0 active, 1 idle, 2 ended.
    EventTime expected = EventTime::min();
    for (int step = 0; step < 60; ++step) {
      const std::size_t input = random() % count;
      const unsigned kind = random() % 8;
      if (kind == 0) {
        static_cast<void>(merge.mark_idle(input));
        states[input] = std::max(states[input], 1);
      } else if (kind == 1 && random() % 4 == 0) {
        static_cast<void>(merge.mark_ended(input));
        states[input] = 2;
      } else {
        const EventTime time = at(static_cast<std::int64_t>(random() % 1000));
        static_cast<void>(merge.observe(input, time));
        if (states[input] != 2) {
          states[input] = 0;
          promises[input] = std::max(promises[input], time);
        }
      }
      EventTime smallest = EventTime::max();
      for (std::size_t i = 0; i < count; ++i) {
        if (states[i] == 0) smallest = std::min(smallest, promises[i]);
      }
      if (smallest < EventTime::max()) expected = std::max(expected, smallest);
      ASSERT_EQ(merge.merged(), expected);
    }
  }
}

}  // namespace
}  // namespace weir
