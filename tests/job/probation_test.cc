#include "job/probation.h"

#include <gmock/gmock.h>

namespace weir {
namespace {

using std::chrono::seconds;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

JobCounts counts(std::int64_t second,
                 std::uint64_t records,
                 std::uint64_t rows,
                 std::uint64_t bad,
                 std::optional<std::int64_t> lag = 0) {
  return {.at = MonotonicTime(seconds(second)),
          .records = records,
          .rows = rows,
          .bad = bad,
          .lag = lag};
}

// The code before made a row of two records, and found one in a hundred bad.
Probation of_a_minute() {
  return Probation({.lasts = seconds(60)},
                   counts(0, 1'000, 500, 10),
                   counts(60, 3'000, 1'500, 30),
                   counts(61, 3'000, 1'500, 30));
}

TEST(Probation, WhoDoesAsBeforePasses) {
  Probation probation = of_a_minute();

  EXPECT_THAT(probation.judge(counts(62, 3'100, 1'500, 31)), IsEmpty());
  EXPECT_FALSE(probation.is_over(MonotonicTime(seconds(120))));
  EXPECT_THAT(probation.judge(counts(121, 5'000, 2'400, 60)), IsEmpty());
  EXPECT_TRUE(probation.is_over(MonotonicTime(seconds(121))));
}

TEST(Probation, BadRecordsAreSeenAtOnce) {
  Probation probation = of_a_minute();

  EXPECT_THAT(probation.judge(counts(62, 3'099, 1'500, 129)), IsEmpty());
  EXPECT_EQ(probation.judge(counts(62, 3'100, 1'500, 35)),
            "5.0 % of 100 records were bad, before 1.0 %");
}

TEST(Probation, MissingRowsAreSeenInTheEnd) {
  Probation probation = of_a_minute();

  EXPECT_THAT(probation.judge(counts(100, 5'000, 1'600, 50)), IsEmpty());
  EXPECT_EQ(probation.judge(counts(121, 5'000, 1'900, 50)),
            "made 400 rows of 2000 records, the code before 1000 of as many");
}

TEST(Probation, AStallIsOneOnlyWhileRecordsWait) {
  Probation probation = of_a_minute();

  EXPECT_THAT(probation.judge(counts(80, 3'000, 1'500, 30, 0)), IsEmpty());
  EXPECT_THAT(probation.judge(counts(85, 3'000, 1'500, 30, 7)), IsEmpty());
  EXPECT_THAT(probation.judge(counts(90, 3'000, 1'500, 30, 7)), HasSubstr("no record for 10 s"));
}

TEST(Probation, WhoNeverHadRowsNeedsNone) {
  Probation probation({.lasts = seconds(1)}, {}, {}, counts(0, 0, 0, 0));

  EXPECT_THAT(probation.judge(counts(2, 1'000, 0, 0)), IsEmpty());
}

}  // namespace
}  // namespace weir
