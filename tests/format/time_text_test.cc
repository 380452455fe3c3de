#include "format/time_text.h"

#include <limits>

#include <gmock/gmock.h>

namespace weir {
namespace {

TEST(TimeText, IsReadAsMillisecondsUtc) {
  EXPECT_EQ(read_time("1970-01-01T00:00:00Z"), 0);
  EXPECT_EQ(read_time("2026-11-20T08:00:00Z"), 1'795'161'600'000);
  EXPECT_EQ(read_time("1969-12-31T23:59:59.999Z"), -1);
  EXPECT_EQ(read_time("2000-02-29T12:34:56Z"), 951'827'696'000);
  EXPECT_EQ(read_time("0000-01-01T00:00:00Z"), -62'167'219'200'000);
  EXPECT_EQ(read_time("9999-12-31T23:59:59.999Z"), 253'402'300'799'999);
}

TEST(TimeText, MayHaveAnOffset) {
  EXPECT_EQ(read_time("1970-01-01T05:30:00+05:30"), 0);
  EXPECT_EQ(read_time("1969-12-31T16:00:00-08:00"), 0);
  EXPECT_EQ(read_time("1970-01-01T00:00:00-00:00"), 0);
  EXPECT_EQ(read_time("1970-01-01T23:59:00+23:59"), 0);
}

TEST(TimeText, CutsOffWhatIsBelowAMillisecond) {
  EXPECT_EQ(read_time("1970-01-01T00:00:00.1Z"), 100);
  EXPECT_EQ(read_time("1970-01-01T00:00:00.12Z"), 120);
  EXPECT_EQ(read_time("1970-01-01T00:00:00.1239Z"), 123);
  EXPECT_EQ(read_time("1970-01-01T00:00:00.123999999Z"), 123);
  EXPECT_EQ(read_time("1970-01-01T00:00:00.000999999Z"), 0);
}

TEST(TimeText, MayHaveSmallLettersOrABlank) {
  EXPECT_EQ(read_time("1970-01-01t00:00:01z"), 1000);
  EXPECT_EQ(read_time("1970-01-01 00:00:01Z"), 1000);
}

TEST(TimeText, ALeapSecondIsTheFirstOfTheNextDay) {
  EXPECT_EQ(read_time("2016-12-31T23:59:60Z"), read_time("2017-01-01T00:00:00Z"));
  EXPECT_EQ(read_time("2016-12-31T23:59:60.5Z"), read_time("2017-01-01T00:00:00.5Z"));
  EXPECT_EQ(read_time("2017-01-01T00:59:60+01:00"), read_time("2017-01-01T00:00:00Z"));
  EXPECT_EQ(read_time("2016-12-31T12:59:60Z"), std::nullopt);
  EXPECT_EQ(read_time("2016-12-31T23:59:61Z"), std::nullopt);
}

TEST(TimeText, RefusesWhatIsNoTime) {
  for (const char* text : {"",
                           "2026",
                           "2026-11-20",
                           "2026-11-20T08:00:00",
                           "2026-11-20T08:00Z",
                           "2026-11-20T08:00:00.Z",
                           "2026-11-20T08:00:00.1234567890Z",
                           "2026-11-20T08:00:00,5Z",
                           "2026-11-20T08:00:00ZZ",
                           "2026-11-20T08:00:00Z ",
                           "2026-11-20T08:00:00+0530",
                           "2026-11-20T08:00:00+05",
                           "2026-11-20T08:00:00+24:00",
                           "2026-11-20T08:00:00+05:60",
                           "2026-11-20T24:00:00Z",
                           "2026-11-20T08:60:00Z",
                           "2026-13-20T08:00:00Z",
                           "2026-00-20T08:00:00Z",
                           "2026-11-00T08:00:00Z",
                           "2026-11-31T08:00:00Z",
                           "2026-02-29T08:00:00Z",
                           "1900-02-29T08:00:00Z",
                           "26-11-20T08:00:00Z",
                           "+2026-11-20T08:00:00Z",
                           "2026-1-20T08:00:00Z",
                           "2026-11-20T-8:00:00Z",
                           "2026/11/20T08:00:00Z"}) {
    EXPECT_EQ(read_time(text), std::nullopt) << text;
  }
}

}  // namespace
}  // namespace weir
