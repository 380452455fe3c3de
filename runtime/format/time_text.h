#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace weir {

// Milliseconds since 1970 UTC of an RFC 3339 time: `2026-11-20T08:00:00Z`, with a fraction of up to
// nine digits (what is below a millisecond is cut off) and `Z` or an offset, which is required. A
// blank may stand for the `T`, and letters may be small. Years 0000 to 9999. A second 60 is taken
// only at 23:59 UTC, and means the first second of the next day, as POSIX counts.
std::optional<std::int64_t> read_time(std::string_view text);

}  // namespace weir
