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

// Adds leading digits to `sum`, which may overflow, and returns how many there were.
std::size_t take_digits(Rest& rest, std::uint64_t& sum) {
  const char* begin = rest.next;
  std::uint64_t eight = 0;
  while (rest.end - rest.next >= 8 && read_eight(rest.next, eight)) {
    sum = sum * 100'000'000 + eight;
    rest.next += 8;
  }
  while (!rest.at_end() && is_digit(*rest.next)) {
    sum = sum * 10 + static_cast<std::uint64_t>(*rest.next++ - '0');
  }
  return static_cast<std::size_t>(rest.next - begin);
}

// A number taken apart, without its exponent: `digits` of them, `fraction` behind the point, make
// `mantissa`, unless there are more than 19.
struct Mantissa {
  bool is_negative = false;
  std::uint64_t value = 0;
  std::size_t digits = 0;
  std::size_t fraction = 0;
};

bool take_mantissa(Rest& rest, Mantissa& mantissa) {
  mantissa.is_negative = rest.take('-');
  const bool has_leading_zero = rest.starts_with('0');
  mantissa.digits = take_digits(rest, mantissa.value);
  if (mantissa.digits == 0 || (has_leading_zero && mantissa.digits > 1)) return false;
  if (!rest.take('.')) return true;
  mantissa.fraction = take_digits(rest, mantissa.value);
  mantissa.digits += mantissa.fraction;
  return mantissa.fraction != 0;
}

bool take_exponent(Rest& rest) {
  if (!rest.take('e') && !rest.take('E')) return true;
  if (!rest.take('+')) rest.take('-');
  std::uint64_t unused = 0;
  return take_digits(rest, unused) != 0;
}

NumberProblem why_not_integer(std::string_view token) {
  if (!is_json_number(token)) return NumberProblem::BadSyntax;
  const bool is_whole = token.find_first_of(".eE") == std::string_view::npos;
  return is_whole ? NumberProblem::OutOfRange : NumberProblem::WrongType;
}

// Up to 18 digits cannot overflow. False: look closer.
bool read_short(Rest rest, std::uint64_t& value) {
  if (rest.end - rest.next > 18) return false;
  const bool has_leading_zero = rest.starts_with('0');
  value = 0;
  const std::size_t digits = take_digits(rest, value);
  return rest.at_end() && digits != 0 && !(has_leading_zero && digits > 1);
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

// Where mantissa and power of ten are exact in the type, one division rounds once: correctly.
template <class Float>
bool divide(const Mantissa& mantissa, Float& value) {
  constexpr std::array<Float, 11> kPowers = {
      1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10};
  constexpr std::uint64_t kExactMax = std::uint64_t{1} << std::numeric_limits<Float>::digits;
  if (mantissa.digits > 19 || mantissa.value > kExactMax) return false;
  if (mantissa.fraction >= kPowers.size()) return false;
  value = static_cast<Float>(mantissa.value) / kPowers[mantissa.fraction];
  if (mantissa.is_negative) value = -value;
  return true;
}

template <class Float>
NumberProblem read_float(std::string_view token, Float& value) {
  Rest rest(token);
  Mantissa mantissa;
  if (!take_mantissa(rest, mantissa)) return NumberProblem::BadSyntax;
  if (rest.at_end() && divide(mantissa, value)) [[likely]]
    return NumberProblem::None;
  if (!take_exponent(rest) || !rest.at_end()) return NumberProblem::BadSyntax;
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
  Mantissa mantissa;
  return take_mantissa(rest, mantissa) && take_exponent(rest) && rest.at_end();
}

NumberProblem read_integer(std::string_view token, std::int64_t& value) {
  Rest rest(token);
  const bool is_negative = rest.take('-');
  std::uint64_t magnitude = 0;
  if (!read_short(rest, magnitude)) [[unlikely]]
    return read_long(token, value);
  value = static_cast<std::int64_t>(magnitude);
  if (is_negative) value = -value;
  return NumberProblem::None;
}

NumberProblem read_integer(std::string_view token, std::uint64_t& value) {
  if (read_short(Rest(token), value)) [[likely]]
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
