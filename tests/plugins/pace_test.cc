#include <gtest/gtest.h>
#include <pace/pace.h>

namespace pace {
namespace {

constexpr std::int64_t kStart = 1'760'000'040'000;  // a whole minute
constexpr std::int64_t kNow = kStart + 600'000;

TEST(Place, ANewStoryBeginsWhereTheOptionsSayOrNow) {
  EXPECT_EQ(Place::at(std::nullopt, 0, kNow).start, kNow);
  EXPECT_EQ(Place::at(std::nullopt, kStart + 1, kNow).start, kStart + 1);
  EXPECT_EQ(Place::at(std::nullopt, 0, kNow).told, 0);
}

TEST(Place, AStoryThatBeganNowIsTheSameAfterARestart) {
  const Place before{.start = kStart, .told = 12'345};

  const Place after = Place::at(before.position(false), 0, kNow);

  EXPECT_EQ(after.start, kStart);
  EXPECT_EQ(after.told, 12'345);
}

TEST(Place, AGivenStartIsNoPartOfThePosition) {
  const Place before{.start = kStart + 1, .told = 7};

  EXPECT_EQ(before.position(true), 7);
  EXPECT_EQ(Place::at(7, kStart + 1, kNow).start, kStart + 1);
  EXPECT_EQ(Place::at(7, kStart + 1, kNow).told, 7);
}

TEST(Place, APositionWithoutItsStartBeginsAnew) {
  const Place place = Place::at(7, 0, kNow);

  EXPECT_EQ(place.start, kNow);
  EXPECT_EQ(place.told, 0);
}

TEST(Pace, RefusesSpeedsThatMakeNoSense) {
  EXPECT_NO_THROW(check_speed(0));
  EXPECT_NO_THROW(check_speed(20));
  EXPECT_THROW(check_speed(-1), std::invalid_argument);
  EXPECT_THROW(check_speed(1e300), std::invalid_argument);
  EXPECT_THROW(check_speed(std::numeric_limits<double>::quiet_NaN()), std::invalid_argument);
}

}  // namespace
}  // namespace pace
