#include "crash/call_marker.h"

#include <gmock/gmock.h>

namespace weir {
namespace {

TEST(CallSites, KeepOneCopyOfEachName) {
  CallSites sites;
  const CallSite* const first = sites.site({.job = "a", .operator_uid = "x", .plugin = "p"});
  const CallSite* const other = sites.site({.job = "a", .operator_uid = "y", .plugin = "p"});

  EXPECT_EQ(sites.site({.job = "a", .operator_uid = "x", .plugin = "p"}), first);
  EXPECT_NE(first, other);
  EXPECT_EQ(first->operator_uid, "x");
}

TEST(CallMarker, NamesTheInnermostCallAndThenTheOneAround) {
  CallSites sites;
  const CallSite* const outer = sites.site({.job = "a", .operator_uid = "outer", .plugin = "p"});
  const CallSite* const inner = sites.site({.job = "a", .operator_uid = "inner", .plugin = "p"});
  CallMarker marker;
  {
    const CallScope first(marker, outer);
    {
      const CallScope second(marker, inner);
      EXPECT_EQ(marker.look().site, inner);
    }
    EXPECT_EQ(marker.look().site, outer);
    const CallScope host(marker, nullptr);
    EXPECT_EQ(marker.look().site, outer);
  }

  EXPECT_EQ(marker.look().site, nullptr);
}

TEST(CallMarker, IsSeenToMoveByEveryCallAndEveryBatch) {
  CallSites sites;
  const CallSite* const site = sites.site({.job = "a", .operator_uid = "x", .plugin = "p"});
  const SplitPlace* const place = sites.place({.source = "in", .split = "t/3", .topic = "t"});
  CallMarker marker;
  const auto before = marker.look().turn;
  const CallScope call(marker, site);
  const auto called = marker.look().turn;
  BatchOrigin origin;
  origin.spans = {{place, 7, 9}, {place, 1, 2}};
  marker.set_origin(&origin);

  EXPECT_LT(before, called);
  EXPECT_LT(called, marker.look().turn);
  EXPECT_EQ(marker.look().span.place, place);
  EXPECT_EQ(marker.look().span.first, 7);
  EXPECT_EQ(marker.look().span.last, 9);
  marker.set_origin(nullptr);
  EXPECT_EQ(marker.look().span.place, nullptr);
}

}  // namespace
}  // namespace weir
