#include "format/json_number.h"

#include <algorithm>
#include <charconv>

namespace weir {
namespace {

constexpr bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

// Takes digits from the front; returns how many.
std::size_t take_digits(std::string_view& rest) {
  std::size_t count = 0;
  while (count < rest.size() && is_digit(rest[count]))
    ++count;
  rest.remove_prefix(count);
  return count;
}

bool take(std::string_view& rest, std::string_view letters) {
  if (rest.empty() || letters.find(rest[0]) == std::string_view::npos) return false;
  rest.remove_prefix(1);
  return true;
}

NumberProblem why_not_integer(std::string_view token) {
  if (!is_json_number(token)) return NumberProblem::BadSyntax;
  const bool is_whole = token.find_first_of(".eE") == std::string_view::npos;
  return is_whole ? NumberProblem::OutOfRange : NumberProblem::WrongType;
}

// Up to 18 digits cannot overflow. False: look closer.
bool read_short(std::string_view digits, std::uint64_t& value) {
  if (digits.empty() || digits.size() > 18) return false;
  if (digits[0] == '0' && digits.size() > 1) return false;
  std::uint64_t sum = 0;
  for (const char c : digits) {
    if (!is_digit(c)) return false;
    sum = sum * 10 + static_cast<std::uint64_t>(c - '0');
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
  take(number, "-");
  const auto mantissa = number.substr(0, number.find_first_of("eE"));
  const auto point = std::min(mantissa.find('.'), mantissa.size());
  const auto first = std::min(mantissa.find_first_of("123456789"), mantissa.size());
  auto magnitude = static_cast<std::int64_t>(point) - static_cast<std::int64_t>(first);
  if (first > point) ++magnitude;
  if (mantissa.size() == number.size()) return magnitude;
  std::string_view exponent = number.substr(mantissa.size() + 1);
  const bool is_negative = exponent[0] == '-';
  take(exponent, "+-");
  constexpr std::int64_t kPowerMax = std::int64_t{1} << 40;  // More than a value has digits.
  std::int64_t power = 0;
  for (const char c : exponent)
    power = std::min(kPowerMax, power * 10 + (c - '0'));
  return magnitude + (is_negative ? -power : power);
}

template <class Float>
NumberProblem read_float(std::string_view token, Float& value) {
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
  take(token, "-");
  const bool has_leading_zero = !token.empty() && token[0] == '0';
  const std::size_t whole = take_digits(token);
  if (whole == 0 || (has_leading_zero && whole > 1)) return false;
  if (take(token, ".") && take_digits(token) == 0) return false;
  if (take(token, "eE")) {
    take(token, "+-");
    if (take_digits(token) == 0) return false;
  }
  return token.empty();
}

NumberProblem read_integer(std::string_view token, std::int64_t& value) {
  const bool is_negative = !token.empty() && token[0] == '-';
  std::uint64_t magnitude = 0;
  if (!read_short(is_negative ? token.substr(1) : token, magnitude)) [[unlikely]] {
    return read_long(token, value);
  }
  value = static_cast<std::int64_t>(magnitude);
  if (is_negative) value = -value;
  return NumberProblem::None;
}

NumberProblem read_unsigned(std::string_view token, std::uint64_t& value) {
  if (read_short(token, value)) [[likely]]
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
