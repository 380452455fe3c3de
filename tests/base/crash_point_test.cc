#include "base/crash_point.h"

#include <csignal>
#include <cstdlib>

#include <gmock/gmock.h>

namespace weir {
namespace {

void pass(const char* wish) {
  setenv("WEIR_CRASH", wish, 1);  // NOLINT(concurrency-mt-unsafe): in a process of its own
  pass_crash_point("one");
  pass_crash_point("two");
  pass_crash_point("two");
  std::_Exit(0);
}

TEST(CrashPoint, KillsTheProcessAtTheWishedPassage) {
  EXPECT_EXIT(pass("one:1"), testing::KilledBySignal(SIGKILL), "");
  EXPECT_EXIT(pass("two:2"), testing::KilledBySignal(SIGKILL), "");
  EXPECT_EXIT(pass("two"), testing::KilledBySignal(SIGKILL), "");
}

TEST(CrashPoint, LetsEveryoneElsePass) {
  EXPECT_EXIT(pass("two:3"), testing::ExitedWithCode(0), "");
  EXPECT_EXIT(pass("three:1"), testing::ExitedWithCode(0), "");
}

TEST(CrashPoint, IsNotArmedByItself) {
  EXPECT_FALSE(kMayCrash);
}

}  // namespace
}  // namespace weir
