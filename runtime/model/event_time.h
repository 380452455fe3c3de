// Time of events, as opposed to time of processing.
#pragma once

#include <compare>
#include <cstdint>
#include <limits>

namespace weir {

// Milliseconds since 1970 UTC.
struct EventTime {
  std::int64_t milliseconds = std::numeric_limits<std::int64_t>::min();
  auto operator<=>(const EventTime&) const = default;

  // Earlier than every record: the watermark before the first one.
  static constexpr EventTime min() { return {std::numeric_limits<std::int64_t>::min()}; }
  // Later than every record: the watermark of an ended stream.
  static constexpr EventTime max() { return {std::numeric_limits<std::int64_t>::max()}; }
};

// Half open: start <= time < end. A row made by it has the event time end - 1 ms.
struct WindowBounds {
  EventTime start;
  EventTime end;
  auto operator<=>(const WindowBounds&) const = default;
};

}  // namespace weir
