#include "state/row_copy.h"

#include <cstddef>
#include <cstring>
#include <string>

#include <gtest/gtest.h>
#include <weir/abi.h>

namespace weir {
namespace {

struct Place {
  weir_text town;
  std::uint8_t has_town;
};

struct Person {
  weir_text name;
  weir_bytes photo;
  std::uint8_t has_photo;
  std::uint8_t has_place;
  Place place;
  std::int32_t age;
};

Field field(FieldType type, std::size_t offset) {
  Field made;
  made.type = type;
  made.offset = static_cast<std::uint32_t>(offset);
  return made;
}

RecordSchema person_schema() {
  auto place = std::make_shared<RecordSchema>();
  place->size = sizeof(Place);
  place->alignment = alignof(Place);
  place->fields = {field(FieldType::Text, offsetof(Place, town))};
  place->fields[0].presence_offset = offsetof(Place, has_town);

  RecordSchema person;
  person.size = sizeof(Person);
  person.alignment = alignof(Person);
  person.fields = {field(FieldType::Text, offsetof(Person, name)),
                   field(FieldType::Bytes, offsetof(Person, photo)),
                   field(FieldType::Record, offsetof(Person, place)),
                   field(FieldType::I32, offsetof(Person, age))};
  person.fields[1].presence_offset = offsetof(Person, has_photo);
  person.fields[2].presence_offset = offsetof(Person, has_place);
  person.fields[2].record = place;
  return person;
}

class RowCopyTest : public testing::Test {
 protected:
  Person copy_of(const Person& person) {
    Person copied;
    RowCopy(person_schema()).copy(reinterpret_cast<std::byte*>(&copied), &person, owner);
    return copied;
  }

  StateSize size;
  TableLayout layout{8, 8, {}};
  TableSet owner{layout, {}, TableSet::LongKeys::Copied, size};
};

TEST_F(RowCopyTest, TextOutlivesWhatItWasCopiedFrom) {
  std::string name = "Ada";
  std::string town = "London, a town whose name is a little longer than others";
  std::string photo = "\x01\x02";
  const Person person{.name = {name.data(), name.size()},
                      .photo = {reinterpret_cast<const std::uint8_t*>(photo.data()), 2},
                      .has_photo = 1,
                      .has_place = 1,
                      .place = {{town.data(), town.size()}, 1},
                      .age = 36};

  const Person copied = copy_of(person);
  name = town = photo = "";

  EXPECT_EQ(std::string_view(copied.name.data, copied.name.size), "Ada");
  EXPECT_EQ(std::string_view(copied.place.town.data, copied.place.town.size).substr(0, 6),
            "London");
  EXPECT_EQ(copied.photo.size, 2u);
  EXPECT_EQ(copied.photo.data[1], 2);
  EXPECT_EQ(copied.age, 36);
}

// What is not present may be anything: nobody follows its pointers.
TEST_F(RowCopyTest, FieldsThatAreNotPresentAreNotFollowed) {
  Person person;
  std::memset(&person, 0xee, sizeof(person));
  person.name = {nullptr, 0};
  person.has_photo = 0;
  person.has_place = 0;

  const Person copied = copy_of(person);

  EXPECT_EQ(copied.photo.size, 0u);
  EXPECT_EQ(copied.place.town.size, 0u);
  EXPECT_EQ(copied.place.town.data, nullptr);
}

TEST_F(RowCopyTest, ATextInsideARecordThatIsThereMayStillBeMissing) {
  Person person;
  std::memset(&person, 0xee, sizeof(person));
  person.name = {nullptr, 0};
  person.has_photo = 0;
  person.has_place = 1;
  person.place.has_town = 0;

  EXPECT_EQ(copy_of(person).place.town.size, 0u);
}

}  // namespace
}  // namespace weir
