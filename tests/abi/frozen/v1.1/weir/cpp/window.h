// Windows and event time as a job's author writes them.
#pragma once

#include <weir/cpp/values.h>

namespace weir {
inline namespace v1 {

// Which windows a row belongs to: they start at n * slide + offset and are `size` long.
struct Windows {
  Duration size{};
  Duration slide{};
  Duration window_offset{};
  Duration lateness{};

  constexpr Windows offset(Duration by) const {
    Windows changed = *this;
    changed.window_offset = by;
    return changed;
  }
  // A row may come this much behind the watermark and is still counted; its window fires again.
  constexpr Windows allowed_lateness(Duration by) const {
    Windows changed = *this;
    changed.lateness = by;
    return changed;
  }
};

// tumbling(30s): one behind the other.
constexpr Windows tumbling(Duration size) {
  return {size, size, {}, {}};
}
// sliding(30s, 15s): windows of 30 s, a new one every 15 s.
constexpr Windows sliding(Duration size, Duration slide) {
  return {size, slide, {}, {}};
}

// How much later than the latest row another one may come.
struct OutOfOrder {
  Duration by{};
};

namespace detail {

// No duration is longer than that.
inline constexpr Duration kDurationMax = std::chrono::hours(24) * 366 * 100;

// What is wrong with it; empty: nothing.
inline std::string mistake_in(const Windows& windows) {
  if (windows.size <= Duration{}) return "its size must be above 0";
  if (windows.size > kDurationMax) return "its size is more than 100 years";
  if (windows.slide <= Duration{}) return "what it slides by must be above 0";
  if (windows.slide > windows.size) {
    return "it slides by more than its size, so that some rows would be in no window";
  }
  if (windows.size / windows.slide > 1'000'000)
    return "a row would be in more than 1000000 windows";
  if (windows.window_offset < Duration{} || windows.window_offset >= windows.slide) {
    return "its offset must be 0 or more, and less than what it slides by";
  }
  if (windows.lateness < Duration{}) return "the allowed lateness must not be negative";
  if (windows.lateness > kDurationMax) return "the allowed lateness is more than 100 years";
  return {};
}
inline std::string mistake_in(OutOfOrder bound) {
  if (bound.by < Duration{}) return "out_of_order must not be negative";
  if (bound.by > kDurationMax) return "out_of_order is more than 100 years";
  return {};
}

}  // namespace detail
constexpr OutOfOrder out_of_order(Duration by) {
  return {by};
}
constexpr OutOfOrder in_order() {
  return {};
}

}  // namespace v1
}  // namespace weir
