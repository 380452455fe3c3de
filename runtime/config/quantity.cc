#include "config/quantity.h"

#include <array>
#include <charconv>
#include <limits>

#include "base/format.h"

namespace weir {
namespace {

struct Unit {
  std::string_view name;
  std::int64_t factor;
};

constexpr std::array<Unit, 5> kDurations = {
    {{"ms", 1}, {"s", 1'000}, {"m", 60'000}, {"h", 3'600'000}, {"d", 86'400'000}}};
constexpr std::int64_t kDurationMax = 3'653LL * 86'400'000;

constexpr std::array<Unit, 8> kSizes = {{{"", 1},
                                         {"B", 1},
                                         {"kB", 1'000},
                                         {"MB", 1'000'000},
                                         {"GB", 1'000'000'000},
                                         {"KiB", 1LL << 10},
                                         {"MiB", 1LL << 20},
                                         {"GiB", 1LL << 30}}};

// A whole number, not negative, and one of the units behind it.
template <std::size_t N>
std::optional<std::int64_t> parse(std::string_view text, const std::array<Unit, N>& units) {
  std::int64_t number = 0;
  const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (problem != std::errc() || number < 0) return std::nullopt;
  const std::string_view rest = text.substr(static_cast<std::size_t>(end - text.data()));
  for (const Unit& unit : units) {
    if (rest != unit.name) continue;
    if (number > std::numeric_limits<std::int64_t>::max() / unit.factor) return std::nullopt;
    return number * unit.factor;
  }
  return std::nullopt;
}

}  // namespace

std::optional<std::chrono::milliseconds> parse_duration(std::string_view text) {
  const auto milliseconds = parse(text, kDurations);
  if (!milliseconds || *milliseconds > kDurationMax) return std::nullopt;
  return std::chrono::milliseconds(*milliseconds);
}

std::string duration_text(std::chrono::milliseconds duration) {
  const std::int64_t milliseconds = duration.count();
  if (milliseconds == 0) return "0s";
  for (auto unit = kDurations.rbegin(); unit != kDurations.rend(); ++unit) {
    if (milliseconds % unit->factor == 0) {
      return format("{}{}", milliseconds / unit->factor, unit->name);
    }
  }
  return format("{}ms", milliseconds);
}

std::optional<std::int64_t> parse_size(std::string_view text) {
  return parse(text, kSizes);
}

}  // namespace weir
