#include "host/time_text.h"

#include <chrono>

#include "base/format.h"

namespace weir {

std::string time_text(WallTime time) {
  using std::chrono::floor;
  const auto day = floor<std::chrono::days>(time);
  const std::chrono::year_month_day date(day);
  const std::chrono::hh_mm_ss clock(time - day);
  const int year = static_cast<int>(date.year());
  if (year < 0 || year > 9999) return format("{}", time.time_since_epoch().count());
  return format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:03}Z",
                year,
                static_cast<unsigned>(date.month()),
                static_cast<unsigned>(date.day()),
                clock.hours().count(),
                clock.minutes().count(),
                clock.seconds().count(),
                clock.subseconds().count());
}

std::optional<std::string> time_text(std::optional<EventTime> time) {
  if (!time || *time == EventTime::min()) return std::nullopt;
  if (*time == EventTime::max()) return "end";
  // Far outside the calendar the arithmetic of dates would overflow.
  constexpr std::int64_t kFar = 400'000'000'000'000;
  if (time->milliseconds > kFar || time->milliseconds < -kFar) {
    return format("{}", time->milliseconds);
  }
  return time_text(WallTime(std::chrono::milliseconds(time->milliseconds)));
}

}  // namespace weir
