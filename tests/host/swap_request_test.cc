#include "host/swap_request.h"

#include <gmock/gmock.h>

namespace weir {
namespace {

using ::testing::ElementsAre;
using ::testing::EndsWith;
using ::testing::HasSubstr;

const std::string kFolder = WEIR_TEST_PLUGINS;

JobSpec running() {
  JobSpec spec;
  spec.name = "sums";
  spec.plugin = "versions";
  spec.type = "sums";
  spec.plugin_path = kFolder + "/libversions-10.so";
  spec.parameters = {std::int64_t{7}};
  return spec;
}

Result<AskedSwap> ask(std::string_view body) {
  return swapped_spec(running(), body, {kFolder});
}

std::string mistake(std::string_view body) {
  const auto asked = ask(body);
  return asked ? "" : asked.error().message();
}

TEST(SwapRequest, WhatIsLeftOutStays) {
  for (const char* body : {"", "{}"}) {
    const auto asked = ask(body);

    ASSERT_TRUE(asked);
    EXPECT_EQ(asked->spec.plugin_path, running().plugin_path);
    EXPECT_THAT(asked->spec.parameters, ElementsAre(ParameterValue(std::int64_t{7})));
    EXPECT_EQ(asked->probation.lasts.count(), 0);
  }
}

TEST(SwapRequest, AVersionIsFoundByItsFileOrItsName) {
  const auto by_path = ask(R"({"plugin_path":")" + kFolder + R"(/libversions-11.so"})");
  const auto by_name = ask(R"({"version":"1.1.0","probation":"60s"})");

  ASSERT_TRUE(by_path) << by_path.error().text();
  EXPECT_THAT(by_path->spec.plugin_path.string(), EndsWith("/libversions-11.so"));
  EXPECT_THAT(by_path->spec.parameters, ElementsAre(ParameterValue(std::int64_t{7})));
  ASSERT_TRUE(by_name) << by_name.error().text();
  EXPECT_EQ(by_name->spec.plugin_path, by_path->spec.plugin_path);
  EXPECT_EQ(by_name->probation.lasts, std::chrono::seconds(60));
}

TEST(SwapRequest, ParametersAreThoseOfTheNewCode) {
  const auto asked = ask(R"({"parameters":{"scale":9}})");

  ASSERT_TRUE(asked);
  EXPECT_THAT(asked->spec.parameters, ElementsAre(ParameterValue(std::int64_t{9})));
}

TEST(SwapRequest, AMistakeSaysWhatWouldBeRight) {
  EXPECT_EQ(mistake("[]"), "the body is no JSON object");
  EXPECT_EQ(mistake("{"), "the body is no JSON object");
  EXPECT_THAT(mistake(R"({"path":"x"})"), HasSubstr("the body has path; plugin_path"));
  EXPECT_EQ(mistake(R"({"version":1})"), "version is no text");
  EXPECT_EQ(mistake(R"({"version":"7.0.0"})"),
            "no file in a folder of host.plugin_path is versions 7.0.0");
  EXPECT_EQ(mistake(R"({"plugin_path":"lib.so"})"), "plugin_path is not absolute: lib.so");
  EXPECT_EQ(mistake(R"({"parameters":{"scale":"much"}})"), "parameter scale is no i64");
  EXPECT_EQ(mistake(R"({"parameters":{"size":1}})"), "job sums has no parameter size");
  EXPECT_THAT(mistake(R"({"probation":"long"})"), HasSubstr("no duration"));
}

}  // namespace
}  // namespace weir
