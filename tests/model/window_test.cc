#include "model/window.h"

#include <limits>
#include <rapidcheck.h>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace weir {
namespace {

constexpr std::int64_t kMax = std::numeric_limits<std::int64_t>::max();

WindowSpec any_spec() {
  WindowSpec spec;
  spec.size = *rc::gen::inRange<std::int64_t>(1, 40);
  spec.slide = *rc::gen::inRange<std::int64_t>(1, spec.size + 1);
  spec.offset = *rc::gen::inRange<std::int64_t>(0, spec.slide);
  spec.allowed_lateness = *rc::gen::inRange<std::int64_t>(0, 20);
  return spec;
}

TEST(WindowSlices, ATumblingWindowIsOneSlice) {
  const WindowSlices slices({.size = 30, .slide = 30, .offset = 10});

  EXPECT_TRUE(slices.is_tumbling());
  EXPECT_EQ(slices.bounds_of_slice(slices.slice_of({39})), (WindowBounds{{10}, {40}}));
  EXPECT_EQ(slices.bounds_of_slice(slices.slice_of({40})), (WindowBounds{{40}, {70}}));
  EXPECT_EQ(slices.bounds_of_slice(slices.slice_of({-21})), (WindowBounds{{-50}, {-20}}));
}

TEST(WindowSlices, ASizeThatIsAMultipleOfTheSlideHasOneSliceForEachSlide) {
  const WindowSlices slices({.size = 60'000, .slide = 60});

  EXPECT_EQ(slices.slices_per_window(), 1000);
}

TEST(WindowSlices, AnOddSizeCostsOneMoreSlicePerSlideAndNotOnePerMillisecond) {
  const WindowSlices slices({.size = 30'000, .slide = 7'001});

  EXPECT_EQ(slices.slices_per_window(), 9);
}

RC_GTEST_PROP(WindowSlices, ATimeIsInExactlyTheWindowsWhoseSlicesHoldIt, ()) {
  const WindowSlices slices(any_spec());
  const EventTime time{*rc::gen::inRange<std::int64_t>(-200, 200)};

  const SliceNumber slice = slices.slice_of(time);

  const WindowBounds bounds = slices.bounds_of_slice(slice);
  RC_ASSERT(bounds.start <= time && time < bounds.end);
  for (WindowNumber window = -450; window <= 450; ++window) {
    const WindowBounds around = slices.bounds_of(window);
    const bool is_inside = around.start <= time && time < around.end;
    RC_ASSERT(slices.slices_of(window).contains(slice) == is_inside);
    const bool is_named =
        slices.first_window_of(slice) <= window && window <= slices.last_window_of(slice);
    RC_ASSERT(is_named == is_inside);
  }
}

RC_GTEST_PROP(WindowSlices, AWindowIsExactlyItsSlices, ()) {
  const WindowSlices slices(any_spec());
  const WindowNumber window = *rc::gen::inRange<std::int64_t>(-50, 50);

  const SliceRange range = slices.slices_of(window);

  RC_ASSERT(slices.bounds_of_slice(range.first).start == slices.bounds_of(window).start);
  RC_ASSERT(slices.bounds_of_slice(range.end - 1).end == slices.bounds_of(window).end);
  for (SliceNumber slice = range.first + 1; slice < range.end; ++slice)
    RC_ASSERT(slices.bounds_of_slice(slice).start == slices.bounds_of_slice(slice - 1).end);
}

RC_GTEST_PROP(WindowSlices, AWindowIsCompleteWhenNoRowOfItCanFollow, ()) {
  const WindowSpec spec = any_spec();
  const WindowSlices slices(spec);
  const EventTime watermark{*rc::gen::inRange<std::int64_t>(-100, 100)};

  for (WindowNumber window = -250; window <= 250; ++window) {
    const std::int64_t last_time = slices.bounds_of(window).end.milliseconds - 1;
    RC_ASSERT((window <= slices.last_complete(watermark)) == (last_time <= watermark.milliseconds));
    RC_ASSERT((window <= slices.last_closed(watermark)) ==
              (last_time + spec.allowed_lateness <= watermark.milliseconds));
  }
}

TEST(WindowSlices, ARowIsLateOnlyWhenItsLastWindowIsClosed) {
  const WindowSlices slices({.size = 30, .slide = 15, .allowed_lateness = 5});
  const SliceNumber slice = slices.slice_of({0});  // In [-15, 15) and [0, 30).

  EXPECT_FALSE(slices.is_late(slice, {19}));
  EXPECT_FALSE(slices.is_late(slice, {33}));
  EXPECT_TRUE(slices.is_late(slice, {34}));
}

RC_GTEST_PROP(WindowSlices, TimesAreJudgedLikeTheirSlices, ()) {
  const WindowSlices slices(any_spec());
  const EventTime watermark{*rc::gen::inRange<std::int64_t>(-100, 100)};
  const EventTime time{*rc::gen::inRange<std::int64_t>(-200, 200)};
  const SliceNumber slice = slices.slice_of(time);

  RC_ASSERT((time < slices.late_before(watermark)) == slices.is_late(slice, watermark));
  RC_ASSERT((time < slices.complete_before(watermark)) ==
            (slices.first_window_of(slice) <= slices.last_complete(watermark)));
}

TEST(WindowSlices, TheFirstWatermarkClosesNothingAndTheLastOneEverything) {
  for (const std::int64_t lateness : {std::int64_t{0}, WindowSlices::kWindowSpanMax}) {
    for (const std::int64_t size : {std::int64_t{1}, WindowSlices::kWindowSpanMax}) {
      const WindowSlices slices({.size = size, .slide = size, .allowed_lateness = lateness});
      for (const std::int64_t time : {-kMax - 1, -kMax, std::int64_t{0}, kMax - 1, kMax}) {
        const SliceNumber slice = slices.slice_of({time});
        EXPECT_FALSE(slices.is_late(slice, EventTime::min()));
        const EventTime bounded = WindowSlices::bounded({time});
        EXPECT_GE(bounded, slices.complete_before(EventTime::min()));
        EXPECT_LT(bounded, slices.late_before(EventTime::max()));
        EXPECT_GT(slices.first_window_of(slice), slices.last_complete(EventTime::min()));
        EXPECT_TRUE(slices.is_late(slice, EventTime::max()));
        EXPECT_LE(slices.last_window_of(slice), slices.last_complete(EventTime::max()));
      }
    }
  }
}

RC_GTEST_PROP(WindowSlices, NothingOverflowsAtTheLimits, ()) {
  const std::int64_t span =
      *rc::gen::element<std::int64_t>(1, 2, 3, 1000, (1LL << 53) - 1, 1LL << 53);
  const std::int64_t slide = *rc::gen::element<std::int64_t>(1, span, (span + 1) / 2, span / 3 + 1);
  const std::int64_t lateness = *rc::gen::element<std::int64_t>(0, 1, 1LL << 53);
  const WindowSpec spec{span, std::min(slide, span), std::min(slide, span) - 1, lateness};
  const WindowSlices slices(spec);
  const EventTime time{*rc::gen::element<std::int64_t>(-kMax - 1, -kMax, 0, kMax - 1, kMax)};
  const EventTime watermark{*rc::gen::element<std::int64_t>(-kMax - 1, -kMax, 0, kMax - 1, kMax)};

  const SliceNumber slice = slices.slice_of(time);

  RC_ASSERT(slices.slices_of(slices.last_window_of(slice)).contains(slice));
  RC_ASSERT(slices.slices_of(slices.first_window_of(slice)).contains(slice));
  RC_ASSERT(slices.bounds_of_slice(slice).start < slices.bounds_of_slice(slice).end);
  RC_ASSERT(slices.last_closed(watermark) <= slices.last_complete(watermark));
}

}  // namespace
}  // namespace weir
