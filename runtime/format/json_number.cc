#include "format/json_number.h"

#include <algorithm>
#include <array>
#include <bit>
#include <charconv>
#include <cstring>
#include <limits>

namespace weir {
namespace {

constexpr bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

// What is left of a token.
struct Rest {
  const char* next;
  const char* end;

  explicit Rest(std::string_view token) : next(token.data()), end(next + token.size()) {}

  bool at_end() const { return next == end; }
  bool starts_with(char c) const { return next != end && *next == c; }
  bool take(char c) {
    if (!starts_with(c)) return false;
    ++next;
    return true;
  }
  std::size_t take_digits() {
    const char* const begin = next;
    while (next != end && is_digit(*next))
      ++next;
    return static_cast<std::size_t>(next - begin);
  }
};

// Whether the eight bytes at `from` are digits; `value` is their number then. All eight are worked
// on at once: neighbours are joined to two digits, then to four, then to eight.
bool read_eight(const char* from, std::uint64_t& value) {
  static_assert(std::endian::native == std::endian::little);
  std::uint64_t word = 0;
  std::memcpy(&word, from, sizeof word);
  const std::uint64_t above = word + 0x0606060606060606u;
  if (((word & above & 0xf0f0f0f0f0f0f0f0u) ^ 0x3030303030303030u) != 0) return false;
  word = (word & 0x0f0f0f0f0f0f0f0fu) * 2561 >> 8;
  word = (word & 0x00ff00ff00ff00ffu) * 6553601 >> 16;
  value = (word & 0x0000ffff0000ffffu) * 42949672960001u >> 32;
  return true;
}

NumberProblem why_not_integer(std::string_view token) {
  if (!is_json_number(token)) return NumberProblem::BadSyntax;
  const bool is_whole = token.find_first_of(".eE") == std::string_view::npos;
  return is_whole ? NumberProblem::OutOfRange : NumberProblem::WrongType;
}

// A whole number without sign, of at most 18 digits, so that it cannot overflow. False: look
// closer.
bool read_short(const char* next, const char* end, std::uint64_t& value) {
  const std::ptrdiff_t size = end - next;
  if (size < 1 || size > 18 || (*next == '0' && size > 1)) return false;
  std::uint64_t sum = 0;
  if (size >= 8) {
    if (!read_eight(next, sum)) return false;
    next += 8;
  }
  for (; next != end; ++next) {
    const auto digit = static_cast<unsigned char>(*next - '0');
    if (digit > 9) return false;
    sum = sum * 10 + digit;
  }
  value = sum;
  return true;
}

template <class Integer>
NumberProblem read_long(std::string_view token, Integer& value) {
  const auto [end, code] = std::from_chars(token.data(), token.data() + token.size(), value);
  const bool is_read = code == std::errc() && end == token.data() + token.size();
  return is_read && is_json_number(token) ? NumberProblem::None : why_not_integer(token);
}

// The power of ten above the first digit of a number that is not zero: 3 for 123, -1 for 0.012.
std::int64_t magnitude_of(std::string_view number) {
  if (number[0] == '-') number.remove_prefix(1);
  const auto mantissa = number.substr(0, number.find_first_of("eE"));
  const auto point = std::min(mantissa.find('.'), mantissa.size());
  const auto first = std::min(mantissa.find_first_of("123456789"), mantissa.size());
  auto magnitude = static_cast<std::int64_t>(point) - static_cast<std::int64_t>(first);
  if (first > point) ++magnitude;
  if (mantissa.size() == number.size()) return magnitude;
  std::string_view exponent = number.substr(mantissa.size() + 1);
  const bool is_negative = exponent[0] == '-';
  if (!is_digit(exponent[0])) exponent.remove_prefix(1);
  constexpr std::int64_t kPowerMax = std::int64_t{1} << 40;  // More than a value has digits.
  std::int64_t power = 0;
  for (const char c : exponent)
    power = std::min(kPowerMax, power * 10 + (c - '0'));
  return magnitude + (is_negative ? -power : power);
}

constexpr std::array<double, 23> kPowers = {1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,
                                            1e8,  1e9,  1e10, 1e11, 1e12, 1e13, 1e14, 1e15,
                                            1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22};

// A number without exponent, of at most 19 bytes, whose digits are exact in the type, as its power
// of ten is: then one division rounds once, as it must. False: look closer.
template <class Float>
bool read_short_decimal(std::string_view token, Float& value) {
  constexpr std::uint64_t kExactMax = std::uint64_t{1} << std::numeric_limits<Float>::digits;
  constexpr std::size_t kPowerMax = std::numeric_limits<Float>::digits == 53 ? 22 : 10;
  const char* next = token.data();
  const char* const end = next + token.size();
  const bool is_negative = next != end && *next == '-';
  if (is_negative) ++next;
  if (end - next > 19 || next == end || (*next == '0' && end - next > 1 && next[1] != '.')) {
    return false;
  }
  std::uint64_t sum = 0;
  const char* begin = next;  // Of the digits before, then of those behind the point.
  std::size_t fraction = 0;
  for (; next != end; ++next) {
    const auto digit = static_cast<unsigned char>(*next - '0');
    if (digit <= 9) {
      sum = sum * 10 + digit;
      continue;
    }
    if (*next != '.' || fraction != 0 || next == begin) return false;
    begin = next + 1;
    fraction = static_cast<std::size_t>(end - begin);
    if (fraction == 0) return false;
  }
  if (sum > kExactMax || fraction > kPowerMax) return false;
  value = static_cast<Float>(sum) / static_cast<Float>(kPowers[fraction]);
  if (is_negative) value = -value;
  return true;
}

template <class Float>
NumberProblem read_float(std::string_view token, Float& value) {
  if (read_short_decimal(token, value)) [[likely]]
    return NumberProblem::None;
  if (!is_json_number(token)) return NumberProblem::BadSyntax;
  const auto [end, code] = std::from_chars(token.data(), token.data() + token.size(), value);
  if (code == std::errc()) return NumberProblem::None;
  // from_chars says out of range for what is too near to zero as well.
  if (magnitude_of(token) > 0) return NumberProblem::OutOfRange;
  value = 0;
  return NumberProblem::None;
}

}  // namespace

bool is_json_number(std::string_view token) {
  Rest rest(token);
  rest.take('-');
  const bool has_leading_zero = rest.starts_with('0');
  const std::size_t whole = rest.take_digits();
  if (whole == 0 || (has_leading_zero && whole > 1)) return false;
  if (rest.take('.') && rest.take_digits() == 0) return false;
  if (rest.take('e') || rest.take('E')) {
    if (!rest.take('+')) rest.take('-');
    if (rest.take_digits() == 0) return false;
  }
  return rest.at_end();
}

NumberProblem read_integer(std::string_view token, std::int64_t& value) {
  const char* const begin = token.data();
  const bool is_negative = !token.empty() && *begin == '-';
  std::uint64_t magnitude = 0;
  if (!read_short(begin + (is_negative ? 1 : 0), begin + token.size(), magnitude)) [[unlikely]] {
    return read_long(token, value);
  }
  value = static_cast<std::int64_t>(magnitude);
  if (is_negative) value = -value;
  return NumberProblem::None;
}

NumberProblem read_integer(std::string_view token, std::uint64_t& value) {
  if (read_short(token.data(), token.data() + token.size(), value)) [[likely]]
    return NumberProblem::None;
  if (token == "-0") {
    value = 0;
    return NumberProblem::None;
  }
  return read_long(token, value);
}

NumberProblem read_decimal(std::string_view token, float& value) {
  return read_float(token, value);
}

NumberProblem read_decimal(std::string_view token, double& value) {
  return read_float(token, value);
}

}  // namespace weir
