#include "flow/barrier_alignment.h"

#include <gmock/gmock.h>

namespace weir {
namespace {

using ::testing::Eq;
using ::testing::Optional;

TEST(BarrierAlignment, OneInputIsAlwaysAligned) {
  BarrierAlignment alignment(1);

  EXPECT_THAT(alignment.arrive(0, 1), Optional(1u));
  EXPECT_FALSE(alignment.is_blocked(0));
  EXPECT_THAT(alignment.arrive(0, 2), Optional(2u));
}

TEST(BarrierAlignment, BlocksAnInputUntilTheOthersHaveCaughtUp) {
  BarrierAlignment alignment(3);

  EXPECT_THAT(alignment.arrive(1, 7), Eq(std::nullopt));
  EXPECT_TRUE(alignment.is_blocked(1));
  EXPECT_FALSE(alignment.is_blocked(0));
  EXPECT_THAT(alignment.arrive(0, 7), Eq(std::nullopt));
  EXPECT_THAT(alignment.arrive(2, 7), Optional(7u));
  EXPECT_FALSE(alignment.is_blocked(0));
  EXPECT_FALSE(alignment.is_blocked(1));
  EXPECT_FALSE(alignment.is_blocked(2));
}

TEST(BarrierAlignment, EndOfTheLastOpenInputCompletesTheEpoch) {
  BarrierAlignment alignment(2);
  static_cast<void>(alignment.arrive(0, 3));

  EXPECT_THAT(alignment.end(1), Optional(3u));
  EXPECT_THAT(alignment.arrive(0, 4), Optional(4u));
}

TEST(BarrierAlignment, EndsWithoutABarrierCompleteNothing) {
  BarrierAlignment alignment(2);

  EXPECT_THAT(alignment.end(0), Eq(std::nullopt));
  EXPECT_THAT(alignment.end(1), Eq(std::nullopt));
  EXPECT_FALSE(alignment.is_aligning());
}

TEST(BarrierAlignmentDeathTest, RefusesAnEpochThatGoesBack) {
  BarrierAlignment alignment(1);
  static_cast<void>(alignment.arrive(0, 5));

  EXPECT_DEATH(static_cast<void>(alignment.arrive(0, 5)), "epoch");
}

}  // namespace
}  // namespace weir
