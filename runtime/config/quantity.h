// Durations and sizes as people write them in jobs.toml.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace weir {

// "250ms", "6s", "5m", "1h", "2d": a whole number and a unit, nothing between them. Nothing when it
// is not written so or longer than ten years.
std::optional<std::chrono::milliseconds> parse_duration(std::string_view text);

// The shortest such text: 90000 ms is "90s".
std::string duration_text(std::chrono::milliseconds duration);

// "512", "64KiB", "64MiB", "2GiB" (and kB, MB, GB): bytes.
std::optional<std::int64_t> parse_size(std::string_view text);

}  // namespace weir
