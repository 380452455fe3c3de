#include "config/secrets.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace weir {
namespace {

using testing::HasSubstr;
using testing::Not;

std::optional<std::string> environment(const std::string& name) {
  if (name == "USER") return "weir";
  if (name == "PASSWORD") return "canary";
  if (name == "LONGER") return "canary-and-more";
  if (name == "EMPTY") return "";
  return std::nullopt;
}

TEST(Secrets, StandWithinAText) {
  Secrets secrets(environment, "/");
  EXPECT_EQ(*secrets.resolve("${env:USER}:${env:PASSWORD}@host"), "weir:canary@host");
  EXPECT_EQ(*secrets.resolve("plain"), "plain");
  EXPECT_EQ(*secrets.resolve("$${env:USER} $1"), "${env:USER} $1");
}

TEST(Secrets, AreTakenOutOfATextAgain) {
  Secrets secrets(environment, "/");
  ASSERT_TRUE(secrets.resolve("${env:PASSWORD}"));
  ASSERT_TRUE(secrets.resolve("${env:LONGER}"));
  EXPECT_EQ(secrets.redact("canary-and-more, canary"), "${env:LONGER}, ${env:PASSWORD}");
}

TEST(Secrets, ThatCannotBeReadSayWhyAndNotWhat) {
  Secrets secrets(environment, "/nowhere");
  EXPECT_EQ(secrets.resolve("${env:NONE}").error().message(), "no variable NONE");
  EXPECT_EQ(secrets.resolve("${env:EMPTY}").error().message(), "empty: ${env:EMPTY}");
  EXPECT_EQ(secrets.resolve("${file:x}").error().message(), "no such file: /nowhere/x");
  EXPECT_THAT(secrets.resolve("${env:PASSWORD}${vault:x}").error().message(),
              Not(HasSubstr("canary")));
  EXPECT_FALSE(secrets.resolve("${env:USER"));
}

}  // namespace
}  // namespace weir
