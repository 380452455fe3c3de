#include "rollout/pins.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/format.h"

namespace weir {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

constexpr std::string_view kJobs = R"(# All jobs.
[host]
workers = 2

[[job]]  # é: two bytes, one letter
name = "enter-cn"
plugin = "classroom"  # the first one
type = "enter"
version = "^1.4"  # pinned in jobs.lock
class = "label"

[[job]]
  name = 'enter-us'
  plugin = 'classroom'   # no version
  type = "enter"

[[job]]
name = "hot"
plugin = "video"
version = '=0.3.0'
)";

TEST(Pins, JobsAreReadAsTheyAreWritten) {
  const auto jobs = written_jobs(kJobs);

  ASSERT_TRUE(jobs);
  ASSERT_EQ(jobs->size(), 3U);
  EXPECT_EQ((*jobs)[0].name, "enter-cn");
  EXPECT_EQ((*jobs)[0].job_class, "label");
  EXPECT_EQ((*jobs)[0].version, "^1.4");
  EXPECT_EQ((*jobs)[1].version, "");
  EXPECT_EQ((*jobs)[2].plugin, "video");
}

TEST(Pins, OnlyTheVersionChanges) {
  std::string expected(kJobs);
  expected.replace(expected.find("\"^1.4\""), 6, "\"=1.5.0\"");

  EXPECT_EQ(*pin_version(kJobs, {"enter-cn"}, "1.5.0"), expected);
}

TEST(Pins, AVersionThatIsMissingGetsALineBehindThePlugin) {
  std::string expected(kJobs);
  const std::string line = "  plugin = 'classroom'   # no version\n";
  expected.insert(expected.find(line) + line.size(), "  version = \"=1.5.0\"\n");

  EXPECT_EQ(*pin_version(kJobs, {"enter-us"}, "1.5.0"), expected);
}

TEST(Pins, SeveralJobsChangeAtOnce) {
  const auto pinned = pin_version(kJobs, {"enter-us", "hot", "enter-cn"}, "2.0.0");

  ASSERT_TRUE(pinned);
  const auto jobs = written_jobs(*pinned);
  ASSERT_TRUE(jobs);
  for (const WrittenJob& job : *jobs)
    EXPECT_EQ(job.version, "=2.0.0") << job.name;
  EXPECT_EQ(*pin_version(*pinned, {"enter-cn"}, "2.0.0"), *pinned);
}

TEST(Pins, TheLastLineNeedsNoEnd) {
  constexpr std::string_view text = "[[job]]\nname = \"a\"\nplugin = \"p\"";

  EXPECT_EQ(*pin_version(text, {"a"}, "1.0.0"), std::string(text) + "\nversion = \"=1.0.0\"");
}

TEST(Pins, JobsOnOneLineAreEditedInPlaceOrNotAtAll) {
  const std::string text = R"(job = [{name = "é", plugin = "p", version = "1"}, {name = "b"}])";

  EXPECT_THAT(*pin_version(text, {"é"}, "2.0.0"),
              HasSubstr(R"(plugin = "p", version = "=2.0.0"})"));
  EXPECT_THAT(pin_version(text, {"b"}, "2.0.0").error().message(),
              HasSubstr("job b is written so that its version cannot be edited"));
}

TEST(Pins, WhatIsNotThereIsRefused) {
  EXPECT_THAT(pin_version(kJobs, {"enter-de"}, "1.0.0").error().message(),
              HasSubstr("no job enter-de"));
  EXPECT_THAT(pin_version("[[job", {"a"}, "1.0.0").error().message(), HasSubstr("broken TOML"));
}

TEST(Glob, StarsAndQuestionMarksStandForText) {
  struct Case {
    std::string_view pattern, name;
    bool matches;
  };
  for (const Case& each : {Case{"*", "", true},
                           Case{"", "", true},
                           Case{"", "a", false},
                           Case{"enter-*", "enter-cn", true},
                           Case{"enter-*", "enter-", true},
                           Case{"enter-*", "renter-cn", false},
                           Case{"*-cn", "enter-cn-cn", true},
                           Case{"*a*b*", "xxaxxbx", true},
                           Case{"*a*b*", "xxbxxax", false},
                           Case{"?n", "cn", true},
                           Case{"?n", "n", false},
                           Case{"a**", "a", true}}) {
    EXPECT_EQ(matches_glob(each.pattern, each.name), each.matches)
        << each.pattern << ' ' << each.name;
  }
}

TEST(Waves, AreNumbersAndSharesThatGrow) {
  EXPECT_THAT(*read_waves("1,10%,100%", 200), ElementsAre(1U, 20U, 200U));
  EXPECT_THAT(*read_waves("1,10%,100%", 3), ElementsAre(1U, 3U));
  EXPECT_THAT(*read_waves("5", 12), ElementsAre(5U, 12U));
  EXPECT_THAT(*read_waves("100%", 12), ElementsAre(12U));
  EXPECT_THAT(*read_waves("10,5,50%", 12), ElementsAre(10U, 12U));
  EXPECT_THAT(*read_waves("7", 1), ElementsAre(1U));
}

TEST(Waves, AreRefusedWhenTheyAreWrittenOtherwise) {
  for (const char* text : {"0", "1,,2", "x", "101%", "-1", "1 ,2", "%"})
    EXPECT_FALSE(read_waves(text, 10)) << text;
}

}  // namespace
}  // namespace weir
