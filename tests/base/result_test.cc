#include "base/result.h"

#include <memory>
#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace weir {
namespace {

Result<int> parse_digit(char text) {
  if (text < '0' || text > '9')
    return Error(ErrorKind::Invalid, std::string("not a digit: ") + text);
  return text - '0';
}

Status require_even(int number) {
  if (number % 2 != 0) return Error(ErrorKind::Invalid, "odd: " + std::to_string(number));
  return Done{};
}

Result<int> sum_of_even(char left, char right) {
  TRY(const int first, parse_digit(left));
  TRY(const int second, parse_digit(right).during("read the second digit"));
  TRY_DO(require_even(first));
  TRY_DO(require_even(second));
  return first + second;
}

TEST(Result, HoldsAValueOrTheReasonWhyThereIsNone) {
  EXPECT_EQ(*parse_digit('7'), 7);

  const auto failed = parse_digit('x');
  ASSERT_FALSE(failed);
  EXPECT_EQ(failed.error().kind(), ErrorKind::Invalid);
  EXPECT_EQ(failed.error().message(), "not a digit: x");
}

TEST(Result, TryBindsTheValueOrReturnsTheError) {
  EXPECT_EQ(*sum_of_even('2', '4'), 6);
  EXPECT_EQ(sum_of_even('x', '4').error().message(), "not a digit: x");
  EXPECT_EQ(sum_of_even('2', '3').error().message(), "odd: 3");
}

TEST(Result, DuringNamesEachOperationOutermostFirst) {
  const auto failed = sum_of_even('2', 'y').during("add");
  EXPECT_EQ(failed.error().message(), "add: read the second digit: not a digit: y");
  EXPECT_EQ(failed.error().text(), "invalid: add: read the second digit: not a digit: y");
}

TEST(Result, DuringLeavesAValueAlone) {
  EXPECT_EQ(*sum_of_even('2', '4').during("add"), 6);
}

TEST(Result, MovesWhatCannotBeCopied) {
  const auto make = []() -> Result<std::unique_ptr<int>> { return std::make_unique<int>(5); };
  const auto pass_on = [&]() -> Result<std::unique_ptr<int>> {
    TRY(auto number, make());
    *number += 1;
    return number;
  };
  EXPECT_EQ(**pass_on(), 6);
}

TEST(Result, TakesWhatItsValueIsMadeOf) {
  const auto text = []() -> Result<std::string> { return "text"; };
  EXPECT_EQ(*text(), "text");
}

TEST(ResultDeathTest, TakingTheValueOfAnErrorIsABugThatNamesTheError) {
  EXPECT_DEATH(*parse_digit('x'), "not a digit: x");
}

}  // namespace
}  // namespace weir
