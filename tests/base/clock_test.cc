#include "base/clock.h"

#include <gtest/gtest.h>

#include "fakes/manual_clock.h"

namespace weir {
namespace {

using namespace std::chrono_literals;

TEST(SystemClock, MonotonicTimeNeverGoesBack) {
  const SystemClock clock;
  MonotonicTime before = clock.monotonic_now();
  for (int i = 0; i < 1000; ++i) {
    const MonotonicTime now = clock.monotonic_now();
    ASSERT_GE(now, before);
    before = now;
  }
}

TEST(SystemClock, WallTimeIsInThisCentury) {
  const WallTime year_2020(std::chrono::sys_days(std::chrono::year(2020) / 1 / 1));
  const WallTime year_2100(std::chrono::sys_days(std::chrono::year(2100) / 1 / 1));
  EXPECT_GT(SystemClock().wall_now(), year_2020);
  EXPECT_LT(SystemClock().wall_now(), year_2100);
}

TEST(ManualClock, MovesBothTimesTogetherAndOnlyWhenTold) {
  fakes::ManualClock clock;
  const WallTime wall = clock.wall_now();
  const MonotonicTime monotonic = clock.monotonic_now();

  EXPECT_EQ(clock.wall_now(), wall);
  clock.advance(1500ms);

  EXPECT_EQ(clock.wall_now(), wall + 1500ms);
  EXPECT_EQ(clock.monotonic_now(), monotonic + 1'500'000'000ns);
}

}  // namespace
}  // namespace weir
