#include "format/json_number.h"

#include <charconv>
#include <cmath>
#include <limits>
#include <random>
#include <string>

#include <gmock/gmock.h>

namespace weir {
namespace {

template <class Number>
std::string read(std::string_view token) {
  Number value{};
  NumberProblem problem{};
  if constexpr (std::is_floating_point_v<Number>) {
    problem = read_decimal(token, value);
  } else {
    problem = read_integer(token, value);
  }
  switch (problem) {
    case NumberProblem::BadSyntax: return "bad syntax";
    case NumberProblem::WrongType: return "wrong type";
    case NumberProblem::OutOfRange: return "out of range";
    case NumberProblem::None: break;
  }
  std::string text(64, ' ');
  text.resize(static_cast<std::size_t>(
      std::to_chars(text.data(), text.data() + text.size(), value).ptr - text.data()));
  return text;
}

TEST(JsonNumber, ReadsWholeNumbersUpToTheLimits) {
  for (const char* text : {"0",
                           "7",
                           "-7",
                           "12345678",
                           "123456789",
                           "-1700000000123",
                           "999999999999999999",
                           "9223372036854775807",
                           "-9223372036854775808"}) {
    EXPECT_EQ(read<std::int64_t>(text), text);
  }
  EXPECT_EQ(read<std::int64_t>("-0"), "0");
  EXPECT_EQ(read<std::uint64_t>("18446744073709551615"), "18446744073709551615");
  EXPECT_EQ(read<std::uint64_t>("-0"), "0");
  EXPECT_EQ(read<std::int64_t>("9223372036854775808"), "out of range");
  EXPECT_EQ(read<std::int64_t>("-9223372036854775809"), "out of range");
  EXPECT_EQ(read<std::int64_t>(std::string(1000, '9')), "out of range");
  EXPECT_EQ(read<std::uint64_t>("18446744073709551616"), "out of range");
  EXPECT_EQ(read<std::uint64_t>("-1"), "out of range");
  EXPECT_EQ(read<std::int64_t>("1.0"), "wrong type");
  EXPECT_EQ(read<std::int64_t>("1e2"), "wrong type");
}

TEST(JsonNumber, RefusesWhatTheGrammarDoesNotHave) {
  for (const char* text : {"",          "-",
                           "+1",        "01",
                           "-01",       "00",
                           "1.",        ".5",
                           "-.5",       "1e",
                           "1e+",       "1.e1",
                           "1.5.5",     "1x",
                           "x1",        "0x10",
                           "1 ",        " 1",
                           "1_0",       "Infinity",
                           "nan",       "1e5e5",
                           "--1",       "1234567x",
                           "12345678x", "123456789012345678901x"}) {
    EXPECT_EQ(read<std::int64_t>(text), "bad syntax") << text;
    EXPECT_EQ(read<std::uint64_t>(text), "bad syntax") << text;
    EXPECT_EQ(read<double>(text), "bad syntax") << text;
    EXPECT_FALSE(is_json_number(text)) << text;
  }
}

TEST(JsonNumber, ReadsDecimalsNearAndFar) {
  EXPECT_EQ(read<double>("0.1"), "0.1");
  EXPECT_EQ(read<double>("-12.25"), "-12.25");
  EXPECT_EQ(read<double>("1E3"), "1000");
  EXPECT_EQ(read<double>("1.7976931348623157e308"), "1.7976931348623157e+308");
  EXPECT_EQ(read<double>("5e-324"), "5e-324");
  EXPECT_EQ(read<double>("1e309"), "out of range");
  EXPECT_EQ(read<double>("-1e309"), "out of range");
  EXPECT_EQ(read<double>("1e-400"), "0");
  EXPECT_EQ(read<double>("0e999999999999999999999"), "0");
  EXPECT_EQ(read<double>("1e999999999999999999999"), "out of range");
  EXPECT_EQ(read<double>("1e-999999999999999999999"), "0");
  EXPECT_EQ(read<double>("0." + std::string(400, '0') + "1"), "0");
  EXPECT_EQ(read<double>(std::string(400, '9') + ".5"), "out of range");
  EXPECT_EQ(read<double>("1" + std::string(400, '0') + "e-400"), "1");
  EXPECT_EQ(read<float>("3.4028235e38"), "3.4028235e+38");
  EXPECT_EQ(read<float>("3.5e38"), "out of range");
  EXPECT_EQ(read<float>("1e-60"), "0");
}

// Up to 16 digits with up to 12 behind the point: where the short way ends and the long one begins.
TEST(JsonNumber, ReadsWhatTheLibraryReads) {
  std::mt19937_64 random(3);
  for (int i = 0; i < 200'000; ++i) {
    std::string text = std::to_string(random() >> random() % 64);
    const std::size_t point = random() % (text.size() + 1);
    if (point > 0 && point < text.size() && (text[0] != '0' || point == 1)) text.insert(point, ".");
    if (random() % 2 == 0) text.insert(0, "-");
    double expected = 0;
    std::from_chars(text.data(), text.data() + text.size(), expected);
    double found = 0;
    ASSERT_EQ(read_decimal(text, found), NumberProblem::None) << text;
    ASSERT_EQ(found, expected) << text;
    float expected_float = 0;
    std::from_chars(text.data(), text.data() + text.size(), expected_float);
    float found_float = 0;
    ASSERT_EQ(read_decimal(text, found_float), NumberProblem::None) << text;
    ASSERT_EQ(found_float, expected_float) << text;
  }
}

}  // namespace
}  // namespace weir
