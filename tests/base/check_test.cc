#include "base/check.h"

#include <gtest/gtest.h>

namespace weir {
namespace {

TEST(CheckDeathTest, EndsTheProcessAndSaysWhatWasBroken) {
  EXPECT_DEATH(CHECK(1 + 1 == 3), "check_test.cc:[0-9]+: broken invariant: 1 \\+ 1 == 3");
}

TEST(CheckDeathTest, PrintsTheMessageBehindTheCondition) {
  EXPECT_DEATH(CHECK(false, "no such task"), "broken invariant: false: no such task");
}

TEST(Check, IsSilentWhenTheConditionHolds) {
  CHECK(1 + 1 == 2);
}

}  // namespace
}  // namespace weir
