#include "flow/split_watermarks.h"

#include <limits>

#include <gmock/gmock.h>

namespace weir {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using ::testing::Eq;
using ::testing::Optional;

SplitWatermarks make(std::size_t splits,
                     milliseconds out_of_order = milliseconds(0),
                     seconds idle_after = seconds(10)) {
  SplitWatermarks made({.out_of_order = out_of_order, .idle_after = idle_after});
  for (std::size_t i = 0; i < splits; ++i)
    made.add_split();
  return made;
}

std::optional<EventTime> observe(SplitWatermarks& watermarks,
                                 std::size_t split,
                                 std::int64_t time) {
  watermarks.observe(split, time);
  watermarks.absorb();
  return watermarks.advance();
}

TEST(SplitWatermarks, StayBehindTheLargestTimeByTheDisorder) {
  SplitWatermarks watermarks = make(1, milliseconds(6000));

  EXPECT_THAT(observe(watermarks, 0, 10'000), Optional(EventTime{3999}));
  EXPECT_THAT(observe(watermarks, 0, 9'000), Eq(std::nullopt));
  EXPECT_THAT(observe(watermarks, 0, 10'001), Optional(EventTime{4000}));
}

TEST(SplitWatermarks, FollowTheSlowestSplit) {
  SplitWatermarks watermarks = make(2);

  EXPECT_THAT(observe(watermarks, 0, 500), Eq(std::nullopt));
  EXPECT_THAT(observe(watermarks, 1, 100), Optional(EventTime{99}));
  EXPECT_THAT(watermarks.holder(), Optional(std::size_t{1}));
}

TEST(SplitWatermarks, CountWhatWasObservedOnlyOnceAbsorbed) {
  SplitWatermarks watermarks = make(1);
  watermarks.observe(0, 100);

  EXPECT_THAT(watermarks.advance(), Eq(std::nullopt));
  watermarks.absorb();
  EXPECT_THAT(watermarks.advance(), Optional(EventTime{99}));
}

TEST(SplitWatermarks, ASplitIsSilentAfterListeningLongEnough) {
  SplitWatermarks watermarks = make(2);
  watermarks.listen(seconds(6));
  static_cast<void>(observe(watermarks, 0, 100));
  watermarks.listen(seconds(4));

  EXPECT_FALSE(watermarks.is_silent(0));
  EXPECT_TRUE(watermarks.is_silent(1));
  watermarks.mark_idle(1);
  EXPECT_THAT(watermarks.advance(), Optional(EventTime{99}));
  EXPECT_FALSE(watermarks.is_idle());
}

TEST(SplitWatermarks, NoSplitIsEverSilentWhenIdlenessIsOff) {
  SplitWatermarks watermarks = make(1, milliseconds(0), seconds(0));
  watermarks.listen(std::chrono::hours(1000));

  EXPECT_FALSE(watermarks.is_silent(0));
}

TEST(SplitWatermarks, AreIdleWithoutAnActiveSplit) {
  SplitWatermarks none = make(0);
  EXPECT_TRUE(none.is_idle());

  SplitWatermarks one = make(1);
  EXPECT_FALSE(one.is_idle());
  one.mark_idle(0);
  EXPECT_TRUE(one.is_idle());
  static_cast<void>(observe(one, 0, 1));
  EXPECT_FALSE(one.is_idle());
}

TEST(SplitWatermarks, PromiseNothingForTimesAtTheEdge) {
  constexpr std::int64_t kSmallest = std::numeric_limits<std::int64_t>::min();
  constexpr std::int64_t kLargest = std::numeric_limits<std::int64_t>::max();
  SplitWatermarks watermarks = make(1, milliseconds(6000));

  EXPECT_THAT(observe(watermarks, 0, kSmallest), Eq(std::nullopt));
  EXPECT_THAT(observe(watermarks, 0, kSmallest + 6000), Eq(std::nullopt));
  EXPECT_THAT(observe(watermarks, 0, kLargest), Optional(EventTime{kLargest - 6001}));
}

}  // namespace
}  // namespace weir
