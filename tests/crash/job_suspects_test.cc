#include "crash/job_suspects.h"

#include <gmock/gmock.h>

namespace weir {
namespace {

using testing::IsEmpty;

DeathNote note(std::string name, std::int64_t first, std::int64_t last, std::string job = "a") {
  return {std::move(name), std::move(job), {{"in", "t/3", {first, last}}}};
}

TEST(FindPoison, WantsTwoDeathsOneOfThemWithTheRecordAlone) {
  EXPECT_THAT(find_poison({note("1", 0, 255)}), IsEmpty());
  EXPECT_THAT(find_poison({note("1", 17, 17)}), IsEmpty());
  EXPECT_THAT(find_poison({note("1", 0, 255), note("2", 0, 255)}), IsEmpty());

  const auto poison = find_poison({note("1", 0, 255), note("2", 17, 17)});

  ASSERT_EQ(poison.size(), 1u);
  EXPECT_EQ(poison[0].job, "a");
  EXPECT_EQ(poison[0].source, "in");
  EXPECT_EQ(poison[0].split, "t/3");
  EXPECT_EQ(poison[0].offset, 17);
  EXPECT_EQ(poison[0].alone_in, "2");
  EXPECT_EQ(poison[0].also_in, "1");
}

TEST(FindPoison, FindsARecordThatWasAloneBothTimesOnce) {
  EXPECT_EQ(find_poison({note("1", 17, 17), note("2", 17, 17)}).size(), 1u);
}

TEST(FindPoison, HoldsNothingAgainstOtherJobsSplitsAndRecords) {
  EXPECT_THAT(find_poison({note("1", 0, 255), note("2", 17, 17, "b")}), IsEmpty());
  EXPECT_THAT(find_poison({note("1", 0, 16), note("2", 17, 17)}), IsEmpty());
  EXPECT_THAT(find_poison({note("1", 18, 20), note("2", 17, 17)}), IsEmpty());
  DeathNote elsewhere = note("1", 0, 255);
  elsewhere.records[0].split = "t/4";
  EXPECT_THAT(find_poison({elsewhere, note("2", 17, 17)}), IsEmpty());
}

TEST(FindPoison, LooksAtEverySplitOfABatch) {
  DeathNote wide = note("1", 0, 5);
  wide.records.push_back({"in", "t/4", {10, 20}});
  DeathNote alone = note("2", 12, 12);
  alone.records[0].split = "t/4";

  EXPECT_EQ(find_poison({wide, alone}).size(), 1u);
}

TEST(SplitSuspects, IncludeBothEndsOfASpan) {
  SplitSuspects suspects;
  suspects.spans = {{3, 5}, {9, 9}};
  suspects.poison = {4};

  EXPECT_FALSE(suspects.is_suspect(2));
  EXPECT_TRUE(suspects.is_suspect(3));
  EXPECT_TRUE(suspects.is_suspect(5));
  EXPECT_FALSE(suspects.is_suspect(6));
  EXPECT_TRUE(suspects.is_suspect(9));
  EXPECT_TRUE(suspects.is_poison(4));
  EXPECT_FALSE(suspects.is_poison(3));
}

}  // namespace
}  // namespace weir
