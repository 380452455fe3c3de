#include "visits.h"

#include <gmock/gmock.h>
#include <weir/testing.h>

namespace {

weir::Time at(weir::Duration since) {
  return weir::Time{} + since;
}

TEST(CountVisits, CountsEachPageByWindow) {
  weir::testing::JobTest job(count_visits);

  job.feed("visits", Visit{at(1s), "/home", {}, 20});
  job.feed("visits", Visit{at(2s), "/home", {}, 1'500});
  job.feed("visits", Visit{at(12s), "/home", {}, 20});  // 2 s out of order: the window is complete.

  const auto pages = job.take<PageVisits>("pages");
  ASSERT_EQ(pages.size(), 1u);
  EXPECT_EQ(pages[0].page, "/home");
  EXPECT_EQ(pages[0].visits, 2);
  EXPECT_EQ(pages[0].slow, 1);
  EXPECT_EQ(pages[0].slowest_ms, 1'500);
}

TEST(CountVisits, SetsLateVisitsAside) {
  weir::testing::JobTest job(count_visits);

  job.advance(at(10s));
  job.feed("visits", Visit{at(9s), "/home", {}, 20});
  job.end();

  EXPECT_TRUE(job.take<PageVisits>("pages").empty());
  EXPECT_EQ(job.take_late<Visit>("ten-seconds").size(), 1u);
}

TEST(CountVisits, FollowsItsParameter) {
  weir::testing::JobTest job(count_visits);

  job.set("slow_ms", 10);
  job.feed("visits", Visit{at(1s), "/home", {}, 20});
  job.end();

  EXPECT_EQ(job.take<PageVisits>("pages")[0].slow, 1);
}

}  // namespace
