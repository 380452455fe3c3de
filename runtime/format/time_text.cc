#include "format/time_text.h"

#include <chrono>

namespace weir {
namespace {

// What is left to read. Each function takes what it read, or says no.
class Reader final {
 public:
  explicit Reader(std::string_view text) : rest_(text) {}

  bool number(std::size_t digits, int max, int& value) {
    if (rest_.size() < digits) return false;
    value = 0;
    for (const char c : rest_.substr(0, digits)) {
      if (c < '0' || c > '9') return false;
      value = value * 10 + (c - '0');
    }
    rest_.remove_prefix(digits);
    return value <= max;
  }

  bool one_of(std::string_view letters) {
    if (rest_.empty() || letters.find(rest_[0]) == std::string_view::npos) return false;
    rest_.remove_prefix(1);
    return true;
  }

  // Milliseconds of `.123456`, 0 when there is no point.
  bool fraction(int& milliseconds) {
    milliseconds = 0;
    if (!one_of(".")) return true;
    std::size_t digits = 0;
    for (int weight = 100; digits < rest_.size() && is_digit(rest_[digits]); ++digits) {
      milliseconds += weight * (rest_[digits] - '0');
      weight /= 10;
    }
    rest_.remove_prefix(digits);
    return digits >= 1 && digits <= 9;
  }

  // Minutes east of Greenwich of `Z`, `+05:30`.
  bool offset(int& minutes) {
    minutes = 0;
    if (one_of("Zz")) return true;
    const bool is_west = !rest_.empty() && rest_[0] == '-';
    int hour = 0;
    int minute = 0;
    if (!one_of("+-") || !number(2, 23, hour) || !one_of(":") || !number(2, 59, minute)) {
      return false;
    }
    minutes = (hour * 60 + minute) * (is_west ? -1 : 1);
    return true;
  }

  bool at_end() const { return rest_.empty(); }

 private:
  static bool is_digit(char c) { return c >= '0' && c <= '9'; }

  std::string_view rest_;
};

}  // namespace

std::optional<std::int64_t> read_time(std::string_view text) {
  namespace chrono = std::chrono;
  Reader reader(text);
  int year_number = 0, month_number = 0, day_number = 0;
  if (!reader.number(4, 9999, year_number) || !reader.one_of("-") ||
      !reader.number(2, 12, month_number) || !reader.one_of("-") ||
      !reader.number(2, 31, day_number) || !reader.one_of("Tt ")) {
    return std::nullopt;
  }
  int hour = 0, minute = 0, second = 0, milliseconds = 0, offset = 0;
  if (!reader.number(2, 23, hour) || !reader.one_of(":") || !reader.number(2, 59, minute) ||
      !reader.one_of(":") || !reader.number(2, 60, second) || !reader.fraction(milliseconds) ||
      !reader.offset(offset) || !reader.at_end()) {
    return std::nullopt;
  }
  const chrono::year_month_day date{chrono::year(year_number),
                                    chrono::month(static_cast<unsigned>(month_number)),
                                    chrono::day(static_cast<unsigned>(day_number))};
  if (!date.ok()) return std::nullopt;

  const auto minutes = chrono::sys_days(date) + chrono::hours(hour) + chrono::minutes(minute) -
                       chrono::minutes(offset);
  const auto next_minute = (minutes + chrono::minutes(1)).time_since_epoch();
  if (second == 60 && next_minute % chrono::days(1) != chrono::minutes(0)) return std::nullopt;
  const auto time = minutes + chrono::seconds(second) + chrono::milliseconds(milliseconds);
  return chrono::duration_cast<chrono::milliseconds>(time.time_since_epoch()).count();
}

}  // namespace weir
