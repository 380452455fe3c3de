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
constexpr OutOfOrder out_of_order(Duration by) {
  return {by};
}
constexpr OutOfOrder in_order() {
  return {};
}

}  // namespace v1
}  // namespace weir
