#pragma once

#include <optional>
#include <string>

#include "base/clock.h"
#include "model/event_time.h"

namespace weir {

// "2026-11-20T08:00:00.123Z".
std::string time_text(WallTime time);

// The same for a time of an event; nothing before the first record, "end" for that of an ended
// stream. Times outside the years 0 to 9999 are printed as milliseconds since 1970.
std::optional<std::string> time_text(std::optional<EventTime> time);

}  // namespace weir
