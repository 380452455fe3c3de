#include "crash/restart_delay.h"

#include <gmock/gmock.h>

namespace weir {
namespace {

using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;

TEST(RestartDelay, DoublesUpToAMinute) {
  RestartDelay delays(seconds(1));
  for (const int expected : {1, 2, 4, 8, 16, 32, 60, 60, 60})
    EXPECT_EQ(delays.after(milliseconds(10)), seconds(expected));
}

TEST(RestartDelay, BeginsAnewAfterAGoodWhile) {
  RestartDelay delays(seconds(1));
  for (int i = 0; i < 5; ++i)
    static_cast<void>(delays.after(minutes(4)));

  EXPECT_EQ(delays.after(minutes(5)), seconds(1));
  EXPECT_EQ(delays.after(minutes(4)), seconds(2));
}

TEST(RestartDelay, IsBoundedFromTheStart) {
  EXPECT_EQ(RestartDelay(minutes(10)).after(milliseconds(0)), minutes(1));
}

}  // namespace
}  // namespace weir
