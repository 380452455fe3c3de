#include <gmock/gmock.h>
#include <weir/sdk.h>

namespace shop {

enum class Color : std::int32_t { Red = 3, Blue = -1 };
WEIR_ENUM(Color, Red, Blue)

struct Size {
  double width;
  float depth;
};
WEIR_RECORD(Size, width, depth)

struct Item {
  weir::Time at;
  weir::Text name;
  Color color;
  bool is_sold;
  weir::Optional<Size> size;
  weir::InlineText<5> code;
  weir::Optional<weir::Text> note;
};
WEIR_RECORD(
    Item, (at, "ms", "when it came"), name, color, is_sold, size, (code, "", "on the box"), note)

struct Stock {
  std::int8_t shelf = 4;
  std::int64_t count = 7;
  weir::Optional<std::int16_t> best = std::int16_t{9};
};

}  // namespace shop

// A qualified name is fine where the type's namespace is open.
namespace shop {
WEIR_STATE(shop::Stock, 2, shelf, count, best)
}

namespace {

std::string_view view(weir_text text) {
  return {text.data, text.size};
}

const weir_field& field(const weir_record* record, std::string_view name) {
  for (std::uint32_t i = 0; i < record->field_count; ++i) {
    if (view(record->fields[i]->name) == name) return *record->fields[i];
  }
  throw std::invalid_argument(std::string(name));
}

TEST(Record, DescribesWhereEachFieldStands) {
  const weir_record* item = weir::detail::record_of<shop::Item>();

  EXPECT_EQ(view(item->name), "Item");
  EXPECT_EQ(item->size, sizeof(shop::Item));
  EXPECT_EQ(item->alignment, alignof(shop::Item));
  EXPECT_EQ(item->field_count, 7u);
  EXPECT_EQ(field(item, "name").offset, offsetof(shop::Item, name));
  EXPECT_EQ(field(item, "name").type, WEIR_TEXT);
  EXPECT_EQ(field(item, "is_sold").type, WEIR_BOOL);
  EXPECT_EQ(field(item, "code").type, WEIR_INLINE_TEXT);
  EXPECT_EQ(field(item, "code").size, sizeof(weir::InlineText<5>));
}

TEST(Record, TellsUnitAndMeaning) {
  const weir_record* item = weir::detail::record_of<shop::Item>();

  EXPECT_EQ(view(field(item, "at").unit), "ms");
  EXPECT_EQ(view(field(item, "at").doc), "when it came");
  EXPECT_EQ(view(field(item, "code").unit), "");
  EXPECT_EQ(view(field(item, "code").doc), "on the box");
}

TEST(Record, PointsOptionalFieldsToTheirPresenceByte) {
  const weir_record* item = weir::detail::record_of<shop::Item>();
  shop::Item row{};
  const auto* bytes = reinterpret_cast<const unsigned char*>(&row);
  const weir_field& note = field(item, "note");

  EXPECT_EQ(note.flags, WEIR_FIELD_OPTIONAL);
  EXPECT_EQ(bytes[note.presence_offset], 0);
  row.note = weir::Text("here");
  EXPECT_EQ(bytes[note.presence_offset], 1);
  EXPECT_EQ(note.size, sizeof(weir_text));
}

TEST(Record, NamesTheValuesOfAnEnum) {
  const weir_enumeration* color = field(weir::detail::record_of<shop::Item>(), "color").enumeration;

  ASSERT_EQ(color->value_count, 2u);
  EXPECT_EQ(view(color->names[0]), "Red");
  EXPECT_EQ(color->values[0], 3);
  EXPECT_EQ(view(color->names[1]), "Blue");
  EXPECT_EQ(color->values[1], -1);
}

TEST(Record, ContainsOtherRecords) {
  const weir_field& size = field(weir::detail::record_of<shop::Item>(), "size");

  EXPECT_EQ(size.type, WEIR_RECORD_FIELD);
  EXPECT_EQ(size.flags, WEIR_FIELD_OPTIONAL);
  EXPECT_EQ(field(size.record, "depth").type, WEIR_F32);
}

TEST(State, BeginsWithItsDefaultsAndZeroesBetween) {
  const weir_state* state = weir::detail::state_of<shop::Stock>();

  ASSERT_EQ(state->record->size, sizeof(shop::Stock));
  EXPECT_EQ(state->version, 2u);
  std::vector<unsigned char> expected(sizeof(shop::Stock), 0);
  expected[offsetof(shop::Stock, shelf)] = 4;
  expected[offsetof(shop::Stock, count)] = 7;
  expected[field(state->record, "best").offset] = 9;
  expected[field(state->record, "best").presence_offset] = 1;
  EXPECT_EQ(std::memcmp(state->initial, expected.data(), expected.size()), 0);
}

}  // namespace
