// Which windows and which slices a point of time belongs to, and what a watermark does to them.
#pragma once

#include <algorithm>
#include <cstdint>

#include "model/event_time.h"

namespace weir {

// Windows start at n * slide + offset and are `size` long. All in ms.
struct WindowSpec {
  std::int64_t size = 0;
  std::int64_t slide = 0;
  std::int64_t offset = 0;
  std::int64_t allowed_lateness = 0;
  bool operator==(const WindowSpec&) const = default;
};

// Numbers of windows and slices along the axis of time; consecutive ones have consecutive numbers.
using WindowNumber = std::int64_t;
using SliceNumber = std::int64_t;

// Half open: first <= slice < end.
struct SliceRange {
  SliceNumber first = 0;
  SliceNumber end = 0;

  SliceNumber count() const { return end - first; }
  bool contains(SliceNumber slice) const { return slice >= first && slice < end; }
  bool operator==(const SliceRange&) const = default;
};

// Cuts time into slices, the pieces between one start or end of a window and the next, so that each
// window is a row of whole slices and overlapping windows share them. A slide holds one slice, or
// two when the size is no multiple of it.
//
// A pure value. Times beyond ±2^62 ms are taken for that bound, so no arithmetic overflows.
class WindowSlices final {
 public:
  // The rules of `is_valid` hold.
  explicit WindowSlices(const WindowSpec& spec);

  // 0 < slide <= size, 0 <= offset < slide, 0 <= allowed_lateness, each at most kWindowSpanMax.
  static bool is_valid(const WindowSpec& spec);
  static constexpr std::int64_t kWindowSpanMax = std::int64_t{1} << 53;

  const WindowSpec& spec() const { return spec_; }
  SliceNumber slices_per_window() const { return slices_per_window_; }
  bool is_tumbling() const { return slices_per_window_ == 1; }

  SliceNumber slice_of(EventTime time) const;  // Any time, bounded or not.
  WindowBounds bounds_of_slice(SliceNumber slice) const;

  WindowBounds bounds_of(WindowNumber window) const;
  SliceRange slices_of(WindowNumber window) const;
  // The windows that contain the slice: at least one.
  WindowNumber first_window_of(SliceNumber slice) const;
  WindowNumber last_window_of(SliceNumber slice) const;

  // A watermark w promises that no row with time <= w follows, so a window is complete and fires
  // when w >= end - 1. The last such window.
  WindowNumber last_complete(EventTime watermark) const;
  // A window still takes rows while w < end - 1 + allowed_lateness; a row that enters a window that
  // has fired makes it fire again. The last window that takes none.
  WindowNumber last_closed(EventTime watermark) const;

  // A row is late when every window that contains it is closed. (A row may enter one window and
  // miss an older one that contains it too.)
  bool is_late(SliceNumber slice, EventTime watermark) const {
    return last_window_of(slice) <= last_closed(watermark);
  }
  // The same for the time of a row, which must be bounded(): those before this are late.
  EventTime late_before(EventTime watermark) const {
    return bounds_of(last_closed(watermark) + 1).start;
  }
  // Bounded times before this are in at least one complete window.
  EventTime complete_before(EventTime watermark) const {
    return bounds_of(last_complete(watermark)).end;
  }
  // The time that a row is taken to have.
  static constexpr EventTime bounded(EventTime time) {
    return std::clamp(time, EventTime{-kRowTimeMax}, EventTime{kRowTimeMax});
  }
  static constexpr std::int64_t kRowTimeMax = std::int64_t{1} << 62;

 private:
  WindowSpec spec_;
  std::int64_t remainder_;         // size mod slide: where the second slice of a slide starts.
  std::int64_t slices_per_slide_;  // 1, or 2 when there is a remainder.
  std::int64_t slices_per_window_;
};

}  // namespace weir
