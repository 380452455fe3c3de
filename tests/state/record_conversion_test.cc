#include "state/record_conversion.h"

#include <array>
#include <cstring>

#include <gmock/gmock.h>

namespace weir {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

Field field(std::string name, FieldType type, std::uint32_t offset, std::uint32_t size) {
  Field made;
  made.name = std::move(name);
  made.type = type;
  made.offset = offset;
  made.size = size;
  return made;
}

Field optional(Field made, std::uint32_t presence_offset) {
  made.presence_offset = presence_offset;
  return made;
}

Field mood(std::vector<Enumerator> enumerators) {
  Field made = field("mood", FieldType::Enum, 0, 4);
  made.enumerators = std::move(enumerators);
  return made;
}

RecordSchema record(std::vector<Field> fields, std::uint32_t size = 16) {
  RecordSchema made;
  made.name = "Record";
  made.size = size;
  made.fields = std::move(fields);
  return made;
}

// What becomes of a record that holds `value` at its beginning; the bytes of the new one are 0x11
// before.
template <class To, class From>
To converted(const RecordSchema& from, const RecordSchema& to, From value, std::size_t at = 0) {
  std::vector<std::byte> old(from.size);
  std::memcpy(old.data(), &value, sizeof(value));
  std::vector<std::byte> made(to.size, std::byte{0x11});
  const auto conversion = RecordConversion::make(from, to);
  EXPECT_TRUE(conversion) << conversion.error().text();
  conversion->convert(old.data(), made.data());
  To result{};
  std::memcpy(&result, made.data() + at, sizeof(result));
  return result;
}

std::string refused(const Field& from, const Field& to) {
  const auto conversion = RecordConversion::make(record({from}), record({to}));
  return conversion ? "" : conversion.error().message();
}

TEST(RecordConversion, GoesByName) {
  const RecordSchema from =
      record({field("a", FieldType::I32, 0, 4), field("b", FieldType::I32, 4, 4)});
  const RecordSchema to =
      record({field("c", FieldType::I32, 0, 4), field("a", FieldType::I32, 8, 4)});

  const auto conversion = RecordConversion::make(from, to);

  ASSERT_TRUE(conversion);
  EXPECT_THAT(conversion->added(), ElementsAre("c"));
  EXPECT_THAT(conversion->gone(), ElementsAre("b"));
  EXPECT_THAT(conversion->widened(), IsEmpty());
  EXPECT_EQ((converted<std::int32_t>(from, to, std::int32_t{7}, 8)), 7);
  EXPECT_EQ((converted<std::int32_t>(from, to, std::int32_t{7}, 0)), 0x11111111);
}

TEST(RecordConversion, NumbersBecomeWider) {
  const auto one = [](FieldType type, std::uint32_t size) {
    return record({field("n", type, 0, size)});
  };
  EXPECT_EQ(
      (converted<std::int64_t>(one(FieldType::I8, 1), one(FieldType::I64, 8), std::int8_t{-5})),
      -5);
  EXPECT_EQ(
      (converted<std::int32_t>(one(FieldType::I16, 2), one(FieldType::I32, 4), std::int16_t{-300})),
      -300);
  EXPECT_EQ((converted<std::uint64_t>(
                one(FieldType::U32, 4), one(FieldType::U64, 8), std::uint32_t{4'000'000'000})),
            4'000'000'000u);
  EXPECT_EQ((converted<std::int64_t>(
                one(FieldType::U32, 4), one(FieldType::I64, 8), std::uint32_t{4'000'000'000})),
            4'000'000'000);
  EXPECT_EQ((converted<double>(one(FieldType::F32, 4), one(FieldType::F64, 8), 0.5F)), 0.5);
  EXPECT_EQ((converted<double>(one(FieldType::I32, 4), one(FieldType::F64, 8), std::int32_t{-3})),
            -3.0);
  EXPECT_EQ((converted<double>(one(FieldType::U32, 4), one(FieldType::F64, 8), std::uint32_t{3})),
            3.0);
}

TEST(RecordConversion, WhatLosesSomethingIsRefused) {
  EXPECT_EQ(refused(field("n", FieldType::I64, 0, 8), field("n", FieldType::I32, 0, 4)),
            "field n was i64, and i32 cannot be made of it");
  EXPECT_EQ(refused(field("n", FieldType::I32, 0, 4), field("n", FieldType::U64, 0, 8)),
            "field n was i32, and u64 cannot be made of it");
  EXPECT_EQ(refused(field("n", FieldType::I64, 0, 8), field("n", FieldType::F64, 0, 8)),
            "field n was i64, and f64 cannot be made of it");
  EXPECT_EQ(
      refused(optional(field("n", FieldType::I32, 0, 4), 4), field("n", FieldType::I32, 0, 4)),
      "field n was optional i32, and i32 cannot be made of it");
  EXPECT_EQ(
      refused(field("t", FieldType::InlineText, 0, 10), field("t", FieldType::InlineText, 0, 6)),
      "field t was inline text of 8 bytes, and inline text of 4 bytes cannot be made of it");
  EXPECT_EQ(refused(mood({{"Calm", 0}, {"Sad", 1}}), mood({{"Calm", 0}})),
            "field mood may be Sad, which its enum does not have any more");
}

TEST(RecordConversion, AFieldBecomesOptional) {
  const RecordSchema from = record({field("n", FieldType::I32, 0, 4)});
  const RecordSchema to = record({optional(field("n", FieldType::I32, 4, 4), 0)});

  EXPECT_EQ((converted<std::uint8_t>(from, to, std::int32_t{7}, 0)), 1);
  EXPECT_EQ((converted<std::int32_t>(from, to, std::int32_t{7}, 4)), 7);
}

TEST(RecordConversion, WhatIsAbsentStaysAbsent) {
  const RecordSchema from = record({optional(field("n", FieldType::I32, 4, 4), 0)});
  const RecordSchema to = record({optional(field("n", FieldType::I64, 8, 8), 0)});

  EXPECT_EQ((converted<std::uint8_t>(from, to, std::uint8_t{0}, 0)), 0);
  EXPECT_EQ((converted<std::uint8_t>(from, to, std::uint8_t{1}, 0)), 1);
}

TEST(RecordConversion, TextInPlaceGetsMoreRoom) {
  const RecordSchema from = record({field("t", FieldType::InlineText, 0, 6)});
  const RecordSchema to = record({field("t", FieldType::InlineText, 2, 12)});
  const std::array<char, 6> text{3, 0, 'a', 'b', 'c', 0};

  const auto made = converted<std::array<char, 12>>(from, to, text, 2);

  EXPECT_EQ(std::string(made.data(), made.size()), std::string("\x03\0abc\0\0\0\0\0\0\0", 12));
}

TEST(RecordConversion, EnumsGoByTheirNames) {
  const RecordSchema from = record({mood({{"Calm", 0}, {"Sad", 1}})});
  const RecordSchema to = record({mood({{"Sad", 0}, {"Glad", 1}, {"Calm", 2}})});

  EXPECT_EQ((converted<std::int32_t>(from, to, std::int32_t{0})), 2);
  EXPECT_EQ((converted<std::int32_t>(from, to, std::int32_t{1})), 0);
}

TEST(RecordConversion, RecordsInRecordsToo) {
  Field old_place = field("place", FieldType::Record, 4, 4);
  old_place.record =
      std::make_shared<RecordSchema>(record({field("row", FieldType::I16, 2, 2)}, 4));
  Field new_place = field("place", FieldType::Record, 8, 8);
  new_place.record = std::make_shared<RecordSchema>(
      record({field("seat", FieldType::I32, 0, 4), field("row", FieldType::I32, 4, 4)}, 8));

  const auto conversion = RecordConversion::make(record({old_place}), record({new_place}));

  ASSERT_TRUE(conversion);
  EXPECT_THAT(conversion->added(), ElementsAre("place.seat"));
  EXPECT_THAT(conversion->widened(), ElementsAre("place.row"));
  const std::array<std::int16_t, 4> old{0, 0, 0, -9};
  EXPECT_EQ((converted<std::int32_t>(record({old_place}), record({new_place}), old, 12)), -9);
}

}  // namespace
}  // namespace weir
