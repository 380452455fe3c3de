#include "config/version.h"

#include <gtest/gtest.h>

namespace weir {
namespace {

bool fits(std::string_view constraint, std::string_view version) {
  const auto parsed = VersionConstraint::parse(constraint);
  const auto number = Version::parse(version);
  EXPECT_TRUE(parsed.has_value()) << constraint;
  EXPECT_TRUE(number.has_value()) << version;
  return parsed && number && parsed->accepts(*number);
}

TEST(Version, HasThreeNumbersAndMaybeASuffix) {
  EXPECT_TRUE(Version::parse("1.4.0"));
  EXPECT_TRUE(Version::parse("1.4.0-rc.1"));
  EXPECT_TRUE(Version::parse("1.4.0+linux"));
  for (const char* wrong : {"",
                            "1",
                            "1.4",
                            "1.4.0.1",
                            "v1.4.0",
                            "1.4.x",
                            "1.4.0-",
                            "1..0",
                            "-1.0.0",
                            "99999999999.0.0",
                            "1.4.0 "}) {
    EXPECT_FALSE(Version::parse(wrong)) << wrong;
  }
}

TEST(Version, ASuffixComesBeforeTheReleaseItself) {
  EXPECT_LT(*Version::parse("1.4.0-rc.1"), *Version::parse("1.4.0"));
  EXPECT_LT(*Version::parse("1.9.0"), *Version::parse("1.10.0"));
}

TEST(VersionConstraint, CaretKeepsTheFirstNumberThatIsNotZero) {
  EXPECT_TRUE(fits("^1.4", "1.4.0"));
  EXPECT_TRUE(fits("^1.4", "1.99.7"));
  EXPECT_FALSE(fits("^1.4", "1.3.9"));
  EXPECT_FALSE(fits("^1.4", "2.0.0"));
  EXPECT_TRUE(fits("^0.3.1", "0.3.9"));
  EXPECT_FALSE(fits("^0.3.1", "0.4.0"));
  EXPECT_FALSE(fits("^0.0.3", "0.0.4"));
  EXPECT_TRUE(fits("^0", "0.9.0"));
}

TEST(VersionConstraint, TildeKeepsTheSecondNumber) {
  EXPECT_TRUE(fits("~1.4", "1.4.7"));
  EXPECT_FALSE(fits("~1.4", "1.5.0"));
  EXPECT_TRUE(fits("~1", "1.5.0"));
  EXPECT_FALSE(fits("~1", "2.0.0"));
}

TEST(VersionConstraint, RelationsAndCommasMeanWhatTheySay) {
  EXPECT_TRUE(fits("=1.4.0", "1.4.0"));
  EXPECT_FALSE(fits("=1.4.0", "1.4.1"));
  EXPECT_TRUE(fits(">=1.2, <2", "1.9.0"));
  EXPECT_FALSE(fits(">=1.2, <2", "2.0.0"));
  EXPECT_FALSE(fits("> 1.2", "1.2.0"));
  EXPECT_TRUE(fits("<=1.2", "1.2.0"));
}

TEST(VersionConstraint, AReleaseCandidateMustBeAskedFor) {
  EXPECT_FALSE(fits("^1.4", "1.5.0-rc.1"));
  EXPECT_TRUE(fits(">=1.5.0-rc.1", "1.5.0-rc.2"));
}

TEST(VersionConstraint, RefusesWhatSaysNothingClearly) {
  for (const char* wrong :
       {"", "1.4", "^", "^x", "!1.4", "^1.4,", "^1.4 ^1.5", "==1.4", "latest", "*"}) {
    EXPECT_FALSE(VersionConstraint::parse(wrong)) << wrong;
  }
}

}  // namespace
}  // namespace weir
