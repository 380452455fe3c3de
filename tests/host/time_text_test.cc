#include "host/time_text.h"

#include <gtest/gtest.h>

namespace weir {
namespace {

TEST(TimeText, IsRfc3339WithMilliseconds) {
  EXPECT_EQ(time_text(WallTime(std::chrono::milliseconds(0))), "1970-01-01T00:00:00.000Z");
  EXPECT_EQ(time_text(WallTime(std::chrono::milliseconds(-1))), "1969-12-31T23:59:59.999Z");
  EXPECT_EQ(time_text(EventTime{1'795'248'000'123}), "2026-11-21T08:00:00.123Z");
}

TEST(TimeText, KnowsBeginningAndEnd) {
  EXPECT_EQ(time_text(std::optional<EventTime>()), std::nullopt);
  EXPECT_EQ(time_text(EventTime::min()), std::nullopt);
  EXPECT_EQ(time_text(EventTime::max()), "end");
}

TEST(TimeText, FarAwayTimesStayNumbers) {
  EXPECT_EQ(time_text(EventTime{EventTime::max().milliseconds - 1}), "9223372036854775806");
  EXPECT_EQ(time_text(EventTime{-300'000'000'000'000}), "-300000000000000");
}

}  // namespace
}  // namespace weir
