#include "config/quantity.h"

#include <gtest/gtest.h>

namespace weir {
namespace {

using std::chrono::milliseconds;

TEST(Duration, IsAWholeNumberAndAUnit) {
  EXPECT_EQ(parse_duration("250ms"), milliseconds(250));
  EXPECT_EQ(parse_duration("6s"), milliseconds(6'000));
  EXPECT_EQ(parse_duration("5m"), milliseconds(300'000));
  EXPECT_EQ(parse_duration("1h"), milliseconds(3'600'000));
  EXPECT_EQ(parse_duration("2d"), milliseconds(172'800'000));
  for (const char* wrong : {"",
                            "6",
                            "s",
                            "-1s",
                            "1.5s",
                            "6 s",
                            "6sec",
                            "4000d",
                            "99999999999999999999s",
                            "9223372036854775807d"}) {
    EXPECT_FALSE(parse_duration(wrong)) << wrong;
  }
}

TEST(Duration, IsPrintedInTheLargestUnitThatFits) {
  EXPECT_EQ(duration_text(milliseconds(90'000)), "90s");
  EXPECT_EQ(duration_text(milliseconds(120'000)), "2m");
  EXPECT_EQ(duration_text(milliseconds(0)), "0s");
  EXPECT_EQ(duration_text(milliseconds(1)), "1ms");
}

TEST(Size, TakesPowersOfTwoAndOfTen) {
  EXPECT_EQ(parse_size("512"), 512);
  EXPECT_EQ(parse_size("64KiB"), 65'536);
  EXPECT_EQ(parse_size("1MB"), 1'000'000);
  EXPECT_EQ(parse_size("2GiB"), std::int64_t{2} << 30);
  for (const char* wrong : {"", "KiB", "1K", "1mib", "-1", "9223372036854775807KiB"}) {
    EXPECT_FALSE(parse_size(wrong)) << wrong;
  }
}

}  // namespace
}  // namespace weir
