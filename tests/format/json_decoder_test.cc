#include <cstring>
#include <memory>
#include <string>

#include <gmock/gmock.h>

#include "format/format.h"
#include "format/sample_record.h"

namespace weir {
namespace {

using tests::Sample;
using tests::sample_schema;
using tests::view;

class JsonDecoder : public testing::Test {
 protected:
  // The value stands in a piece of memory of its own size: reading behind it is found by ASan.
  std::optional<DecodeError> decode(std::string_view json) {
    auto bytes = std::make_unique<char[]>(json.size());
    if (!json.empty()) std::memcpy(bytes.get(), json.data(), json.size());
    return decoder_->decode({bytes.get(), json.size()}, 0, block_.row(0), block_);
  }

  const Sample& row(std::string_view json) {
    const auto error = decode(json);
    EXPECT_FALSE(error) << error->text() << ": " << json;
    return *reinterpret_cast<const Sample*>(block_.row(0));
  }

  std::string error(std::string_view json) {
    const auto found = decode(json);
    return found ? found->text() : "none";
  }

  std::unique_ptr<Decoder> decoder_ = make_json_decoder(sample_schema());
  Block block_{sizeof(Sample), 1};
};

TEST_F(JsonDecoder, FillsEveryTypeOfField) {
  const Sample& sample = row(R"({"name":"Ann","flag":true,"i8":-128,"i16":-32768,"i32":-2147483648,
      "i64":-9223372036854775808,"u8":255,"u16":65535,"u32":4294967295,
      "u64":18446744073709551615,"f32":1.5,"f64":-0.1e-3,"time":1700000000123,
      "bytes":"AAECAw==","colour":"green","label":"six on","place":{"city":"Graz","height":353}})");

  EXPECT_EQ(view(sample.name), "Ann");
  EXPECT_EQ(sample.flag, 1);
  EXPECT_EQ(sample.i8, -128);
  EXPECT_EQ(sample.i16, -32768);
  EXPECT_EQ(sample.i32, std::numeric_limits<std::int32_t>::min());
  EXPECT_EQ(sample.i64, std::numeric_limits<std::int64_t>::min());
  EXPECT_EQ(sample.u8, 255);
  EXPECT_EQ(sample.u16, 65535);
  EXPECT_EQ(sample.u32, std::numeric_limits<std::uint32_t>::max());
  EXPECT_EQ(sample.u64, std::numeric_limits<std::uint64_t>::max());
  EXPECT_EQ(sample.f32, 1.5f);
  EXPECT_EQ(sample.f64, -0.1e-3);
  EXPECT_EQ(sample.time, 1700000000123);
  EXPECT_EQ(view(sample.bytes), std::string_view("\0\1\2\3", 4));
  EXPECT_EQ(sample.colour, 1);
  EXPECT_EQ(sample.label.view(), "six on");
  EXPECT_EQ(view(sample.place.city), "Graz");
  EXPECT_EQ(sample.place.height, 353);
  EXPECT_EQ(sample.has_place, 1);
  EXPECT_EQ(sample.place.has_height, 1);
}

TEST_F(JsonDecoder, LeavesZerosWhereOptionalFieldsAreMissingOrNull) {
  const Sample& sample = row(R"({"i32":null,"name":"Ann","place":null})");

  EXPECT_EQ(sample.has_i32, 0);
  EXPECT_EQ(sample.i32, 0);
  EXPECT_EQ(sample.has_place, 0);
  EXPECT_EQ(sample.has_flag, 0);
}

TEST_F(JsonDecoder, SkipsUnknownFieldsOfAnyKindInAnyPlace) {
  const Sample& sample = row(R"({"x":[{"name":"no"},[],{}],"name":"Ann","y":{"a":[1,{"b":2}]},
      "":0,"i32":7,"z":"}]","w":-1.5e3,"v":false})");

  EXPECT_EQ(view(sample.name), "Ann");
  EXPECT_EQ(sample.i32, 7);
}

TEST_F(JsonDecoder, FindsFieldsInAnyOrderWhateverItHasLearned) {
  for (int round = 0; round < 3; ++round) {
    EXPECT_EQ(row(R"({"a":1,"name":"A","b":2,"i32":1,"i64":2})").i64, 2);
    EXPECT_EQ(row(R"({"i64":3,"b":2,"i32":1,"a":1,"name":"B"})").i64, 3);
    EXPECT_EQ(view(row(R"({"name":"C"})").name), "C");
    EXPECT_EQ(view(row(R"({"i32":1,"name":"D","a":1,"b":2})").name), "D");
  }
}

TEST_F(JsonDecoder, TellsLongKeysApartThatDifferInTheMiddle) {
  const std::string same(20, 'k');
  for (int round = 0; round < 2; ++round) {
    for (const char c : {'a', 'b', 'c'}) {
      EXPECT_EQ(view(row("{\"" + same + c + same + R"(":"no","name":"Ann"})").name), "Ann");
    }
  }
}

TEST_F(JsonDecoder, KeepsFindingFieldsAfterMoreUnknownKeysThanItLearns) {
  for (int i = 0; i < 2000; ++i) {
    const std::string key = "k" + std::to_string(i);
    EXPECT_EQ(row("{\"" + key + R"(":1,"name":"Ann","i32":5})").i32, 5);
  }
}

TEST_F(JsonDecoder, ReadsKeysWithEscapesAndBlanks) {
  for (int round = 0; round < 2; ++round) {
    EXPECT_EQ(view(row(R"({ "na\u006de" : "Ann" , "i32" : 4 })").name), "Ann");
    EXPECT_EQ(row("{\n\t\"name\"\r\n:\"Ann\"\n,\"i32\"\t:\t4 }\n").i32, 4);
  }
}

TEST_F(JsonDecoder, LastOfEqualKeysWins) {
  EXPECT_EQ(row(R"({"i32":1,"name":"A","i32":2,"name":"B"})").i32, 2);
  EXPECT_EQ(row(R"({"name":"A","i32":1,"i32":null})").has_i32, 0);
  EXPECT_EQ(
      row(R"({"name":"A","place":{"city":"a","height":1},"place":{"city":"b"}})").place.has_height,
      0);
}

TEST_F(JsonDecoder, UnescapesText) {
  EXPECT_EQ(view(row(R"({"name":"a\"b\\c\/d\b\f\n\r\te\u00e9\u20ac\ud83d\ude00"})").name),
            "a\"b\\c/d\b\f\n\r\te\u00e9\u20ac\U0001f600");
  EXPECT_EQ(view(row(R"({"name":"\u0000"})").name), std::string_view("\0", 1));
  EXPECT_EQ(view(row(R"({"name":""})").name), "");
  EXPECT_EQ(row(R"({"name":"","label":"\u0041\u0042\u0043\u0044\u0045\u0046"})").label.view(),
            "ABCDEF");
  EXPECT_EQ(row(R"({"name":"","colour":"violet \"7\""})").colour, -7);
}

TEST_F(JsonDecoder, CopiesTextOfEverySize) {
  for (std::size_t size = 0; size < 70; ++size) {
    const std::string text(size, 'x');
    EXPECT_EQ(view(row("{\"name\":\"" + text + "\"}").name), text);
    for (std::size_t at = 0; at < size; ++at) {
      std::string escaped = text;
      escaped.replace(at, 1, "\\n");
      std::string plain = text;
      plain[at] = '\n';
      EXPECT_EQ(view(row("{\"name\":\"" + escaped + "\"}").name), plain);
    }
  }
}

TEST_F(JsonDecoder, TextDoesNotDependOnTheBytesItCameFrom) {
  std::string json = R"({"name":"Ann","bytes":"AAEC"})";
  ASSERT_FALSE(decoder_->decode(json, 0, block_.row(0), block_));
  std::fill(json.begin(), json.end(), '#');

  const auto& sample = *reinterpret_cast<const Sample*>(block_.row(0));
  EXPECT_EQ(view(sample.name), "Ann");
  EXPECT_EQ(view(sample.bytes), std::string_view("\0\1\2", 3));
}

TEST_F(JsonDecoder, ReadsTimesAsNumbersAndAsText) {
  EXPECT_EQ(row(R"({"name":"","time":-1})").time, -1);
  EXPECT_EQ(row(R"({"name":"","time":9223372036854775807})").time,
            std::numeric_limits<std::int64_t>::max());
  EXPECT_EQ(row(R"({"name":"","time":"1970-01-01T00:00:01.5Z"})").time, 1500);
}

TEST_F(JsonDecoder, DoesNotLookIntoSkippedValues) {
  EXPECT_EQ(error(R"({"x":nothing,"name":"Ann"})"), "none");
  EXPECT_EQ(error(R"({"x":01,"name":"Ann"})"), "none");
  EXPECT_EQ(error(R"({"x":"\q","name":"Ann"})"), "none");
  EXPECT_EQ(error(R"({"x":[1 2],"name":"Ann"})"), "none");
}

TEST_F(JsonDecoder, DecodesAHugeRecordAndASmallOneAfterIt) {
  const std::string text(10u << 20, 'x');

  EXPECT_EQ(view(row("{\"name\":\"" + text + "\"}").name).size(), text.size());
  EXPECT_EQ(view(row("{\"x\":\"" + text + R"(","name":"Ann"})").name), "Ann");
  EXPECT_EQ(view(row(R"({"name":"Bob"})").name), "Bob");
}

}  // namespace
}  // namespace weir
