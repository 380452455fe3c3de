#include "crash/call_watch.h"

#include <gmock/gmock.h>

namespace weir {
namespace {

using std::chrono::milliseconds;
using Verdict = CallWatch::Verdict;

constexpr CallWatch::Limits kLimits{milliseconds(100), milliseconds(300)};

TEST(CallWatch, NamesACallOnceAndGivesItUpOnce) {
  CallWatch watch(kLimits);

  EXPECT_EQ(watch.observe(7, true, milliseconds(50)), Verdict::Fine);
  EXPECT_EQ(watch.observe(7, true, milliseconds(50)), Verdict::Fine);
  EXPECT_FALSE(watch.is_slow());
  EXPECT_EQ(watch.observe(7, true, milliseconds(50)), Verdict::Slow);
  EXPECT_TRUE(watch.is_slow());
  EXPECT_EQ(watch.observe(7, true, milliseconds(50)), Verdict::Fine);
  EXPECT_EQ(watch.observe(7, true, milliseconds(150)), Verdict::TooLong);
  EXPECT_EQ(watch.observe(7, true, milliseconds(500)), Verdict::Fine);
}

TEST(CallWatch, BeginsAnewWithEveryTurn) {
  CallWatch watch(kLimits);
  for (std::uint64_t turn = 1; turn < 50; ++turn)
    EXPECT_EQ(watch.observe(turn, true, milliseconds(90)), Verdict::Fine);

  EXPECT_EQ(watch.observe(50, true, milliseconds(90)), Verdict::Fine);
  EXPECT_EQ(watch.observe(50, true, milliseconds(100)), Verdict::Slow);
  EXPECT_EQ(watch.observe(51, true, milliseconds(100)), Verdict::Fine);
  EXPECT_FALSE(watch.is_slow());
}

TEST(CallWatch, LeavesAWorkerAloneThatIsInNoCall) {
  CallWatch watch(kLimits);
  for (int i = 0; i < 50; ++i)
    EXPECT_EQ(watch.observe(7, false, milliseconds(1000)), Verdict::Fine);
}

TEST(CallWatch, TakesZeroForNever) {
  CallWatch silent({});
  CallWatch patient({milliseconds(10), milliseconds(0)});
  for (int i = 0; i < 50; ++i)
    EXPECT_EQ(silent.observe(7, true, milliseconds(1000)), Verdict::Fine);

  EXPECT_EQ(patient.observe(7, true, milliseconds(1000)), Verdict::Fine);
  EXPECT_EQ(patient.observe(7, true, milliseconds(1000)), Verdict::Slow);
  EXPECT_EQ(patient.observe(7, true, milliseconds(1000)), Verdict::Fine);
}

}  // namespace
}  // namespace weir
