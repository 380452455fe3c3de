#include "state/row_packing.h"

#include <cstddef>
#include <cstring>
#include <string>

#include <gtest/gtest.h>
#include <weir/abi.h>

namespace weir {
namespace {

struct Town {
  weir_text name;
  std::uint8_t has_name;
  double height;
};

struct Person {
  std::int32_t age;
  std::uint16_t code_size;
  char code[6];
  weir_bytes photo;
  std::uint8_t has_photo;
  std::uint8_t has_town;
  Town town;
  std::int64_t born;
};

Field field(FieldType type, std::size_t offset, std::size_t size) {
  Field made;
  made.type = type;
  made.offset = static_cast<std::uint32_t>(offset);
  made.size = static_cast<std::uint32_t>(size);
  return made;
}

RecordSchema person_schema() {
  auto town = std::make_shared<RecordSchema>();
  town->size = sizeof(Town);
  town->fields = {field(FieldType::Text, offsetof(Town, name), 16),
                  field(FieldType::F64, offsetof(Town, height), 8)};
  town->fields[0].presence_offset = offsetof(Town, has_name);

  RecordSchema person;
  person.size = sizeof(Person);
  person.fields = {field(FieldType::I32, offsetof(Person, age), 4),
                   field(FieldType::InlineText, offsetof(Person, code_size), 8),
                   field(FieldType::Bytes, offsetof(Person, photo), 16),
                   field(FieldType::Record, offsetof(Person, town), sizeof(Town)),
                   field(FieldType::Time, offsetof(Person, born), 8)};
  person.fields[2].presence_offset = offsetof(Person, has_photo);
  person.fields[3].presence_offset = offsetof(Person, has_town);
  person.fields[3].record = town;
  return person;
}

const std::string kName = "Ulm, a town whose name is a little longer than others";

Person person() {
  Person made{};
  made.age = 76;
  made.code_size = 3;
  std::memcpy(made.code, "abc", 3);
  made.has_town = 1;
  made.town = {{kName.data(), kName.size()}, 1, 478.5};
  made.born = -2862000000000;
  return made;
}

std::string packed_person(const Person& packed) {
  std::string bytes;
  RowPacking(person_schema()).pack(5, reinterpret_cast<const std::byte*>(&packed), bytes);
  return bytes;
}

TEST(RowPacking, GivesBackWhatWasPacked) {
  const std::string bytes = packed_person(person()) + packed_person({});

  PackedReader reader(bytes);
  Person read{};
  std::int64_t time = 0;
  const RowPacking packing(person_schema());
  ASSERT_TRUE(packing.unpack(reader, time, reinterpret_cast<std::byte*>(&read)));
  EXPECT_EQ(time, 5);
  EXPECT_EQ(read.age, 76);
  EXPECT_EQ(std::string(read.code, read.code_size), "abc");
  EXPECT_EQ(read.has_photo, 0);
  EXPECT_EQ(read.photo.size, 0u);
  ASSERT_EQ(read.has_town, 1);
  EXPECT_EQ(std::string(read.town.name.data, read.town.name.size), kName);
  EXPECT_EQ(read.town.height, 478.5);
  EXPECT_EQ(read.born, -2862000000000);

  ASSERT_TRUE(packing.unpack(reader, time, reinterpret_cast<std::byte*>(&read)));
  EXPECT_EQ(read.has_town, 0);
  EXPECT_EQ(read.town.name.size, 0u);
  EXPECT_TRUE(reader.is_at_end());
}

TEST(RowPacking, WhatLiesBetweenFieldsDoesNotShow) {
  Person first = person();
  Person second = person();
  std::memset(first.code + first.code_size, 'x', 3);
  second.photo.size = 7;  // Of a field that is not present.

  EXPECT_EQ(packed_person(first), packed_person(second));
}

TEST(RowPacking, RefusesARowThatIsCutOffAnywhere) {
  const std::string bytes = packed_person(person());
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    PackedReader reader(std::string_view(bytes).substr(0, size));
    Person read{};
    std::int64_t time = 0;
    EXPECT_FALSE(
        RowPacking(person_schema()).unpack(reader, time, reinterpret_cast<std::byte*>(&read)))
        << size;
  }
}

}  // namespace
}  // namespace weir
