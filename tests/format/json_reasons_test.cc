// The closed list of reasons, each with field and position.

#include <cstring>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include <gmock/gmock.h>

#include "format/format.h"
#include "format/sample_record.h"

namespace weir {
namespace {

struct Case {
  std::string json;
  std::string expected;
};

std::string bomb(std::size_t depth) {
  return R"({"name":"","x":)" + std::string(depth, '[') + std::string(depth, ']') + "}";
}

// Behind the last key that the decoder expects, so that it expects none.
std::string zeros_for_a_key(const std::string& end) {
  return R"({"place":{"city":"a","height":1,)" + std::string(24, '\0') + end;
}

// What is wrong with the value as a whole.
std::vector<Case> cases_of_structure() {
  return {
      {"", "empty at byte 0"},
      {" \n", "empty at byte 0"},
      {"[]", "not an object at byte 0"},
      {"  \"name\"", "not an object at byte 2"},
      {"null", "not an object at byte 0"},
      {"17", "not an object at byte 0"},
      {"{", "truncated at byte 1"},
      {R"({"name":"An)", "truncated at byte 11"},
      {R"({"name":"Ann")", "truncated at byte 13"},
      {R"({"name":"Ann",)", "truncated at byte 14"},
      {R"({"name":)", "truncated at byte 8"},
      {R"({"name":"","i32":12)", "truncated at byte 19"},
      {R"({"name":"","place":{"city":"a"})", "truncated at byte 31"},
      {R"({"name":"","x":{"y":"a"})", "truncated at byte 24"},
      {R"({"name":"","x":[{"y":"a"})", "truncated at byte 25"},
      {R"({"name":"","x":[1,2)", "truncated at byte 19"},
      {R"({"name":""}{)", "trailing content at byte 11"},
      {R"({"name":""}{})", "trailing content at byte 11"},
      {R"({"name":""}})", "trailing content at byte 11"},
      {R"({"name":""} 1)", "trailing content at byte 12"},
      {"{\"name\":\"\xc3(\"}", "bad utf-8 at byte 9"},
      {"{\"name\":\"a\xed\xa0\x80\"}", "bad utf-8 at byte 10"},
      {"{\"x\":\"\xff\",\"name\":\"\"}", "bad utf-8 at byte 6"},
      {"{\"name\":\"a\nb\"}", "control character at byte 10"},
      {std::string("{\"name\":\"\\\"\0\"}", 14), "control character at byte 11"},
      {"}", "bad syntax at byte 0"},
      {"{]}", "bad syntax at byte 1"},
      {"{,}", "bad syntax at byte 1"},
      {R"({"name"})", "bad syntax at byte 7"},
      {R"({"name":})", "bad syntax in field name at byte 8"},
      {R"({"x":})", "bad syntax at byte 5"},
      {R"({"x":,"name":""})", "bad syntax at byte 5"},
      {R"({"name":"" "i32":1})", "bad syntax at byte 11"},
      {R"({"name":"",})", "bad syntax at byte 11"},
      {R"({name:""})", "bad syntax at byte 1"},
      {R"({"name":"","x":[}]})", "bad syntax at byte 16"},
      {R"({"name":"","place":{"city":"a",}})", "bad syntax in field place at byte 31"},
      {zeros_for_a_key("}"), "bad syntax in field place at byte 32"},
      {zeros_for_a_key("}}"), "bad syntax in field place at byte 32"},
      {zeros_for_a_key("\":1}}"), "truncated at byte 61"},
      {zeros_for_a_key(" :1}}"), "bad syntax in field place at byte 32"},
      {bomb(1025), "too deep at byte 1039"},
  };
}

std::vector<Case> cases_of_tokens() {
  return {
      {R"({"name":"","flag":tru})", "bad syntax in field flag at byte 18"},
      {R"({"name":"","flag":truee})", "bad syntax in field flag at byte 18"},
      {R"({"name":"","i32":nul})", "bad syntax in field i32 at byte 17"},
      {R"({"name":"","i32":01})", "bad syntax in field i32 at byte 17"},
      {R"({"name":"","i32":-})", "bad syntax in field i32 at byte 17"},
      {R"({"name":"","i32":+1})", "bad syntax in field i32 at byte 17"},
      {R"({"name":"","i32":1x})", "bad syntax in field i32 at byte 17"},
      {std::string("{\"name\":\"\",\"i32\":1\0}", 20), "bad syntax in field i32 at byte 17"},
      {R"({"name":"","f64":1.})", "bad syntax in field f64 at byte 17"},
      {R"({"name":"","f64":.5})", "bad syntax in field f64 at byte 17"},
      {R"({"name":"","f64":1e})", "bad syntax in field f64 at byte 17"},
      {R"({"name":"","f64":NaN})", "bad syntax in field f64 at byte 17"},
      {R"({"name":"","f64":0x1p3})", "bad syntax in field f64 at byte 17"},
  };
}

std::vector<Case> cases_of_fields() {
  return {
      {"{}", "missing field name at byte 1"},
      {R"({"i32":1})", "missing field name at byte 8"},
      {R"({"name":"","place":{}})", "missing field place.city at byte 20"},
      {R"({"name":null})", "null in field name at byte 8"},
      {R"({"name":"","place":{"city":null}})", "null in field place.city at byte 27"},
      {R"({"name":1})", "wrong type in field name at byte 8"},
      {R"({"name":true})", "wrong type in field name at byte 8"},
      {R"({"name":["a"]})", "wrong type in field name at byte 8"},
      {R"({"name":{}})", "wrong type in field name at byte 8"},
      {R"({"name":"","i32":"1"})", "wrong type in field i32 at byte 17"},
      {R"({"name":"","i32":1.0})", "wrong type in field i32 at byte 17"},
      {R"({"name":"","i32":1e2})", "wrong type in field i32 at byte 17"},
      {R"({"name":"","i32":true})", "wrong type in field i32 at byte 17"},
      {R"({"name":"","flag":1})", "wrong type in field flag at byte 18"},
      {R"({"name":"","flag":"true"})", "wrong type in field flag at byte 18"},
      {R"({"name":"","time":1.5})", "wrong type in field time at byte 18"},
      {R"({"name":"","place":[]})", "wrong type in field place at byte 19"},
      {R"({"name":"","place":"Graz"})", "wrong type in field place at byte 19"},
      {R"({"name":"","colour":1})", "wrong type in field colour at byte 20"},
      {R"({"name":"","i8":128})", "out of range in field i8 at byte 16"},
      {R"({"name":"","i8":-129})", "out of range in field i8 at byte 16"},
      {R"({"name":"","u8":-1})", "out of range in field u8 at byte 16"},
      {R"({"name":"","u8":256})", "out of range in field u8 at byte 16"},
      {R"({"name":"","i32":2147483648})", "out of range in field i32 at byte 17"},
      {R"({"name":"","i64":9223372036854775808})", "out of range in field i64 at byte 17"},
      {R"({"name":"","u64":18446744073709551616})", "out of range in field u64 at byte 17"},
      {R"({"name":"","time":9223372036854775808})", "out of range in field time at byte 18"},
      {R"({"name":"","f64":1e309})", "out of range in field f64 at byte 17"},
      {R"({"name":"","f32":3.5e38})", "out of range in field f32 at byte 17"},
      {R"({"name":"","label":"seven x"})", "too long in field label at byte 19"},
      {R"({"name":"","colour":"blue"})", "unknown name in field colour at byte 20"},
      {R"({"name":"","colour":""})", "unknown name in field colour at byte 20"},
      {R"({"name":"","time":"yesterday"})", "bad time in field time at byte 18"},
      {R"({"name":"","bytes":"AAE"})", "bad base64 in field bytes at byte 19"},
      {R"({"name":"\q"})", "bad escape in field name at byte 8"},
      {R"({"name":"\ud800"})", "bad escape in field name at byte 8"},
      {R"({"name":"\udc00\ud800"})", "bad escape in field name at byte 8"},
      {R"({"name":"\u12g4"})", "bad escape in field name at byte 8"},
  };
}

std::vector<Case> cases() {
  std::vector<Case> all = cases_of_structure();
  for (const auto& more : {cases_of_tokens(), cases_of_fields()}) {
    all.insert(all.end(), more.begin(), more.end());
  }
  return all;
}

std::optional<DecodeError> decode(Decoder& decoder, const std::string& json) {
  // In a piece of memory of its own size: reading behind it is found by ASan.
  auto bytes = std::make_unique<char[]>(json.size());
  if (!json.empty()) std::memcpy(bytes.get(), json.data(), json.size());
  Block block(sizeof(tests::Sample), 1);
  return decoder.decode({bytes.get(), json.size()}, 0, block.row(0), block);
}

TEST(JsonReasons, NameTheFieldAndTheByte) {
  const auto decoder = make_json_decoder(tests::sample_schema());
  for (const auto& [json, expected] : cases()) {
    const auto error = decode(*decoder, json);

    EXPECT_EQ(error ? error->text() : "none", expected) << json.substr(0, 100);
  }
}

TEST(JsonReasons, AreAllOnTheListAndAllOccur) {
  const auto decoder = make_json_decoder(tests::sample_schema());
  std::set<std::string_view> seen = {"too large"};  // Takes a gigabyte.
  for (const auto& [json, expected] : cases()) {
    const auto error = decode(*decoder, json);
    ASSERT_TRUE(error) << json;
    for (const std::string_view reason : decode_reasons()) {
      if (reason == error->reason) seen.insert(reason);
    }
  }

  EXPECT_THAT(seen, testing::UnorderedElementsAreArray(decode_reasons()));
}

TEST(JsonReasons, EveryTruncationOfARecordIsAnError) {
  const auto decoder = make_json_decoder(tests::sample_schema());
  const std::string json = R"({"name":"Ann \u00e9","x":{"y":[1,{"z":"}"}]},"i32":-17,)"
                           R"("place":{"city":"Graz"},"f64":1.5})";
  ASSERT_FALSE(decode(*decoder, json));
  for (std::size_t size = 0; size < json.size(); ++size) {
    EXPECT_TRUE(decode(*decoder, json.substr(0, size))) << size;
  }
}

TEST(JsonReasons, DepthIsNoDanger) {
  const auto decoder = make_json_decoder(tests::sample_schema());

  EXPECT_FALSE(decode(*decoder, bomb(1024)));
  EXPECT_EQ(decode(*decoder, bomb(1u << 20))->reason, "too deep");
  EXPECT_EQ(decode(*decoder, std::string(1u << 20, '['))->reason, "not an object");
  EXPECT_EQ(decode(*decoder, R"({"x":)" + std::string(1u << 20, '['))->reason, "too deep");
}

}  // namespace
}  // namespace weir
