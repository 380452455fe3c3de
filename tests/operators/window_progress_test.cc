#include "operators/window_progress.h"

#include <gtest/gtest.h>

namespace weir {
namespace {

class WindowProgressTest : public testing::Test {
 protected:
  // Fires all that is complete at `watermark`; the ends of its windows.
  std::vector<std::int64_t> advance(std::int64_t watermark) {
    std::vector<std::int64_t> ends;
    progress.advance({watermark});
    while (const auto window = progress.next_complete()) {
      ends.push_back(slices.bounds_of(*window).end.milliseconds);
      progress.fired(*window);
    }
    return ends;
  }
  std::size_t drop_expired() {
    std::size_t dropped = 0;
    for (; const auto slice = progress.next_expired(); ++dropped)
      progress.dropped(*slice);
    return dropped;
  }
  void open(std::int64_t time) { progress.open(slices.slice_of({time})); }

  using Ends = std::vector<std::int64_t>;
  WindowSlices slices{{.size = 30, .slide = 10, .allowed_lateness = 5}};
  WindowProgress progress{slices};
};

TEST_F(WindowProgressTest, OnlyWindowsWithSomethingInThemFire) {
  open(100);

  EXPECT_EQ(advance(108), Ends{});
  EXPECT_EQ(advance(119), (Ends{110, 120}));
  EXPECT_EQ(advance(1'000'000'000), Ends{130});
}

TEST_F(WindowProgressTest, AGapOfYearsIsPassedAtOnce) {
  open(0);
  open(1'000'000'000'000);

  EXPECT_EQ(advance(EventTime::max().milliseconds),
            (Ends{10, 20, 30, 1'000'000'000'010, 1'000'000'000'020, 1'000'000'000'030}));
}

TEST_F(WindowProgressTest, ASliceThatOpensBehindAFiredWindowFiresInTheLaterOnes) {
  EXPECT_EQ(advance(112), Ends{});
  open(100);

  EXPECT_EQ(advance(200), (Ends{120, 130}));
}

TEST_F(WindowProgressTest, ASliceStaysUntilItsLastWindowIsClosed) {
  open(100);
  advance(129);
  EXPECT_EQ(drop_expired(), 0u);
  advance(133);
  EXPECT_EQ(drop_expired(), 0u);
  advance(134);
  EXPECT_EQ(drop_expired(), 1u);
}

TEST_F(WindowProgressTest, ASliceStaysWhileAWindowOfItHasNotFired) {
  open(100);
  progress.advance(EventTime::max());

  for (int window = 0; window < 3; ++window) {
    EXPECT_EQ(drop_expired(), 0u);
    progress.fired(*progress.next_complete());
  }

  EXPECT_EQ(drop_expired(), 1u);
}

}  // namespace
}  // namespace weir
