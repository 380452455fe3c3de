#include <cstring>
#include <limits>
#include <string>

#include <gmock/gmock.h>

#include "format/format.h"
#include "format/sample_record.h"

namespace weir {
namespace {

using tests::Sample;

weir_text text_of(std::string_view text) {
  return {text.data(), text.size()};
}

std::string encode(const Sample& sample) {
  std::string out = "before ";
  make_json_encoder(tests::sample_schema())->encode(&sample, out);
  EXPECT_TRUE(out.starts_with("before "));
  return out.substr(7);
}

TEST(JsonEncoder, LeavesOutWhatIsNotThere) {
  Sample sample{};
  EXPECT_EQ(encode(sample), R"({"name":""})");

  sample.has_i32 = 1;
  sample.has_place = 1;
  EXPECT_EQ(encode(sample), R"({"name":"","i32":0,"place":{"city":""}})");
}

TEST(JsonEncoder, WritesEveryTypeOfField) {
  Sample sample{};
  std::memset(&sample, 1, sizeof sample);  // Everything is there.
  sample.name = text_of("Ann \"A\" \n");
  sample.flag = 1;
  sample.i8 = -128;
  sample.i16 = -32768;
  sample.i32 = std::numeric_limits<std::int32_t>::min();
  sample.i64 = std::numeric_limits<std::int64_t>::min();
  sample.u8 = 255;
  sample.u16 = 65535;
  sample.u32 = std::numeric_limits<std::uint32_t>::max();
  sample.u64 = std::numeric_limits<std::uint64_t>::max();
  sample.f32 = 0.1f;
  sample.f64 = -1.7976931348623157e308;
  sample.time = 1700000000123;
  sample.bytes = {reinterpret_cast<const std::uint8_t*>("\0\1\2\3"), 4};
  sample.colour = -7;
  sample.label = {3, {'a', 'b', 'c', 'x', 'x', 'x'}};
  sample.place.city = text_of("Graz");
  sample.place.height = 0.25;

  EXPECT_EQ(encode(sample),
            R"({"name":"Ann \"A\" \n","flag":true,"i8":-128,"i16":-32768,"i32":-2147483648,)"
            R"("i64":-9223372036854775808,"u8":255,"u16":65535,"u32":4294967295,)"
            R"("u64":18446744073709551615,"f32":0.1,"f64":-1.7976931348623157e+308,)"
            R"("time":1700000000123,"bytes":"AAECAw==","colour":"violet \"7\"","label":"abc",)"
            R"("place":{"city":"Graz","height":0.25}})");
}

TEST(JsonEncoder, WritesNumbersThatJsonDoesNotHaveAsNull) {
  Sample sample{};
  sample.has_f32 = sample.has_f64 = 1;
  sample.f32 = -std::numeric_limits<float>::infinity();
  sample.f64 = std::numeric_limits<double>::quiet_NaN();

  EXPECT_EQ(encode(sample), R"({"name":"","f32":null,"f64":null})");
}

TEST(JsonEncoder, WritesAnEnumeratorWithoutNameAsNumber) {
  Sample sample{};
  sample.has_colour = 1;
  for (const std::int32_t value : {2,
                                   -8,
                                   -1,
                                   std::numeric_limits<std::int32_t>::min(),
                                   std::numeric_limits<std::int32_t>::max()}) {
    sample.colour = value;
    EXPECT_EQ(encode(sample), R"({"name":"","colour":)" + std::to_string(value) + "}");
  }
}

TEST(JsonEncoder, BelievesNoSizeBeyondTheRoom) {
  Sample sample{};
  sample.has_label = 1;
  sample.label = {65535, {'a', 'b', 'c', 'd', 'e', 'f'}};

  EXPECT_EQ(encode(sample), R"({"name":"","label":"abcdef"})");
}

TEST(JsonEncoder, WritesHugeTextAndSmallTextAfterIt) {
  const auto encoder = make_json_encoder(tests::sample_schema());
  const std::string huge(10u << 20, '\n');
  Sample sample{};
  sample.name = text_of(huge);
  std::string out;
  encoder->encode(&sample, out);
  EXPECT_EQ(out.size(), 2 * huge.size() + 11);

  sample.name = text_of("x");
  out.clear();
  encoder->encode(&sample, out);
  EXPECT_EQ(out, R"({"name":"x"})");
}

}  // namespace
}  // namespace weir
