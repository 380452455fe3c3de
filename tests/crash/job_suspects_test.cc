#include "crash/job_suspects.h"

#include <gmock/gmock.h>

namespace weir {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using Opinion = SuspectWatch::Opinion;

constexpr std::uint64_t kPrint = 99;

DeathNote note(std::string name, std::int64_t first, std::int64_t last, std::string job = "a") {
  DeathNote made{.name = std::move(name),
                 .job = std::move(job),
                 .build = "180a",
                 .records = {},
                 .fingerprint = {}};
  made.records.push_back({"in", "t/3", {.first = first, .last = last}});
  return made;
}

// A report that names one record with its bytes.
DeathNote alone(std::string name, std::int64_t offset, std::string job = "a") {
  DeathNote made = note(std::move(name), offset, offset, std::move(job));
  made.fingerprint = kPrint;
  return made;
}

TEST(FindPoison, WantsTwoDeathsOneOfThemWithTheRecordAlone) {
  EXPECT_THAT(find_poison({note("1", 0, 255)}), IsEmpty());
  EXPECT_THAT(find_poison({alone("1", 17)}), IsEmpty());
  EXPECT_THAT(find_poison({note("1", 0, 255), note("2", 0, 255)}), IsEmpty());
  EXPECT_THAT(find_poison({note("1", 17, 17), note("2", 17, 17)}), IsEmpty()) << "no bytes";

  const auto poison = find_poison({note("1", 0, 255), alone("2", 17)});

  ASSERT_EQ(poison.size(), 1u);
  EXPECT_EQ(poison[0].job, "a");
  EXPECT_EQ(poison[0].source, "in");
  EXPECT_EQ(poison[0].split, "t/3");
  EXPECT_EQ(poison[0].verdict.offset, 17);
  EXPECT_EQ(poison[0].verdict.fingerprint, kPrint);
  EXPECT_EQ(poison[0].verdict.build, "180a");
  EXPECT_EQ(poison[0].alone_in, "2");
  EXPECT_EQ(poison[0].also_in, "1");
}

TEST(FindPoison, FindsARecordThatWasAloneBothTimesOnce) {
  EXPECT_EQ(find_poison({alone("1", 17), alone("2", 17)}).size(), 1u);
  EXPECT_EQ(find_poison({note("1", 17, 17), alone("2", 17)}).size(), 1u);
}

TEST(FindPoison, HoldsNothingAgainstOtherJobsSplitsAndRecords) {
  EXPECT_THAT(find_poison({note("1", 0, 255), alone("2", 17, "b")}), IsEmpty());
  EXPECT_THAT(find_poison({note("1", 0, 16), alone("2", 17)}), IsEmpty());
  EXPECT_THAT(find_poison({note("1", 18, 20), alone("2", 17)}), IsEmpty());
  DeathNote elsewhere = note("1", 0, 255);
  elsewhere.records[0].split = "t/4";
  EXPECT_THAT(find_poison({elsewhere, alone("2", 17)}), IsEmpty());
}

TEST(FindPoison, CountsDeathsOfOneBuildOfThePluginAndOfOneRecordAtAPlace) {
  DeathNote mended = alone("2", 17);
  mended.build = "bead";
  EXPECT_THAT(find_poison({note("1", 0, 255), mended}), IsEmpty());
  DeathNote other_bytes = alone("2", 17);
  other_bytes.fingerprint = kPrint + 1;
  EXPECT_THAT(find_poison({alone("1", 17), other_bytes}), IsEmpty());
  DeathNote anew = alone("2", 17);
  anew.records[0].span.timestamp = 2'000;
  DeathNote old = note("1", 17, 255);
  old.records[0].span.timestamp = 1'000;
  EXPECT_THAT(find_poison({old, anew}), IsEmpty());
}

TEST(FindPoison, LooksAtEverySplitOfABatch) {
  DeathNote wide = note("1", 0, 5);
  wide.records.push_back({"in", "t/4", {.first = 10, .last = 20}});
  DeathNote narrow = alone("2", 12);
  narrow.records[0].split = "t/4";

  EXPECT_EQ(find_poison({wide, narrow}).size(), 1u);
}

TEST(SuspectWatch, IncludesBothEndsOfASpanAndEndsBehindTheLast) {
  SuspectWatch watch({{.first = 9, .last = 9}, {.first = 3, .last = 5}, {.first = 4, .last = 7}},
                     {{.offset = 4}});
  std::vector<Opinion> opinions;
  for (std::int64_t offset = 2; offset <= 9; ++offset) {
    EXPECT_FALSE(watch.is_over());
    opinions.push_back(watch.look({.offset = offset}));
  }

  const Opinion suspect = Opinion::Suspect;
  EXPECT_THAT(opinions,
              ElementsAre(Opinion::Harmless,
                          suspect,
                          Opinion::Poison,
                          suspect,
                          suspect,
                          suspect,
                          Opinion::Harmless,
                          suspect));
  EXPECT_TRUE(watch.is_over());
}

TEST(SuspectWatch, JumpsOverOffsetsThatDoNotExist) {
  SuspectWatch watch({{.first = 3, .last = 5}, {.first = 9, .last = 20}}, {{.offset = 4}});

  EXPECT_EQ(watch.look({.offset = 10}), Opinion::Suspect);
  EXPECT_EQ(watch.look({.offset = 21}), Opinion::Harmless);
  EXPECT_TRUE(watch.is_over());
}

TEST(SuspectWatch, LetsThroughWhatOnlyStandsWhereSomethingElseStood) {
  const SuspectRecord guilty{.offset = 4, .timestamp = 1'000, .key = "k", .value = "v"};
  const std::vector<SuspectVerdict> verdicts = {
      {.offset = 4, .fingerprint = fingerprint_of(guilty)}};
  for (SuspectRecord other : {SuspectRecord{4, 2'000, "k", "v"},
                              SuspectRecord{4, 1'000, "kv", ""},
                              SuspectRecord{4, 1'000, "k", "w"}}) {
    EXPECT_EQ(SuspectWatch({}, verdicts).look(other), Opinion::Harmless);
  }
  EXPECT_EQ(SuspectWatch({}, verdicts).look(guilty), Opinion::Poison);

  const std::vector<SuspectSpan> spans = {{.first = 3, .last = 5, .timestamp = 1'000}};
  EXPECT_EQ(SuspectWatch(spans, {}).look({.offset = 3, .timestamp = 1'000}), Opinion::Suspect);
  SuspectWatch anew(spans, {});
  EXPECT_EQ(anew.look({.offset = 3, .timestamp = 2'000}), Opinion::Harmless);
  EXPECT_TRUE(anew.is_over());
}

TEST(JobSuspects, AreThoseOfTheBuildThatRuns) {
  JobSuspects suspects;
  suspects.splits[{"in", "t/3"}] = {.spans = {{.first = 1, .last = 1, .build = "old"}},
                                    .verdicts = {{.offset = 2, .build = "old"}, {.offset = 3}}};

  SuspectWatch mended = suspects.watch("in", "t/3", "new");
  EXPECT_EQ(mended.look({.offset = 1}), Opinion::Harmless);
  EXPECT_EQ(mended.look({.offset = 2}), Opinion::Harmless);
  EXPECT_EQ(mended.look({.offset = 3}), Opinion::Poison) << "died outside of the plugin";
  SuspectWatch same = suspects.watch("in", "t/3", "old");
  EXPECT_EQ(same.look({.offset = 1}), Opinion::Suspect);
  EXPECT_EQ(same.look({.offset = 2}), Opinion::Poison);
  EXPECT_TRUE(suspects.watch("in", "t/4", "old").is_over());
}

// Reports hold it: what an older program wrote must mean the same.
TEST(Fingerprint, IsTheSameForEver) {
  EXPECT_EQ(fingerprint_of({.offset = 4, .timestamp = 1'000, .key = "k", .value = "v"}),
            9162611305669468580u);
}

}  // namespace
}  // namespace weir
