// What is encoded is decoded to the same row, for any schema. RapidCheck prints the seed of a
// failure; RC_PARAMS="seed=…" repeats it.

#include <cstring>
#include <deque>
#include <memory>
#include <rapidcheck.h>
#include <string>
#include <variant>
#include <vector>

#include <gmock/gmock.h>
#include <weir/abi.h>

#include "format/format.h"
#include "format/utf8.h"

namespace weir {
namespace {

constexpr std::uint32_t kInlineRoom = 14;

// Nothing is compared but these.
using Value = std::variant<std::monostate, std::int64_t, std::uint64_t, double, float, std::string>;

struct Column {
  FieldType type;
  bool is_optional;
  std::string name;
  Value value;  // None: it is not there.
};

std::uint32_t size_of(FieldType type) {
  switch (type) {
    case FieldType::Bool:
    case FieldType::I8:
    case FieldType::U8: return 1;
    case FieldType::I16:
    case FieldType::U16: return 2;
    case FieldType::I32:
    case FieldType::U32:
    case FieldType::Enum:
    case FieldType::F32: return 4;
    case FieldType::Text:
    case FieldType::Bytes:
    case FieldType::InlineText: return 16;
    default: return 8;
  }
}

std::string any_text(std::size_t size_max) {
  std::string text;
  const auto codes = *rc::gen::container<std::vector<std::uint32_t>>(
      rc::gen::oneOf(rc::gen::inRange(0u, 128u), rc::gen::inRange(128u, 0x110000u)));
  for (const std::uint32_t code : codes) {
    char bytes[4];
    const bool is_surrogate = code >= 0xd800 && code < 0xe000;
    const char* end = write_utf8(is_surrogate ? 'x' : code, bytes);
    if (text.size() + static_cast<std::size_t>(end - bytes) > size_max) break;
    text.append(bytes, static_cast<std::size_t>(end - bytes));
  }
  return text;
}

template <class Number>
Value any_number() {
  const Number number = *rc::gen::arbitrary<Number>();
  if constexpr (std::is_signed_v<Number>) {
    return std::int64_t{number};
  } else {
    return std::uint64_t{number};
  }
}

template <class Float, class Bits>
Value any_float() {
  const Bits bits = *rc::gen::arbitrary<Bits>();
  Float number = 0;
  std::memcpy(&number, &bits, sizeof number);
  return number - number == 0 ? number : Float{1} / 3;
}

Value any_value(FieldType type) {
  switch (type) {
    case FieldType::Bool: return std::uint64_t{*rc::gen::inRange(0u, 2u)};
    case FieldType::I8: return any_number<std::int8_t>();
    case FieldType::I16: return any_number<std::int16_t>();
    case FieldType::I32: return any_number<std::int32_t>();
    case FieldType::U8: return any_number<std::uint8_t>();
    case FieldType::U16: return any_number<std::uint16_t>();
    case FieldType::U32: return any_number<std::uint32_t>();
    case FieldType::U64: return any_number<std::uint64_t>();
    case FieldType::F32: return any_float<float, std::uint32_t>();
    case FieldType::F64: return any_float<double, std::uint64_t>();
    case FieldType::Enum: return std::int64_t{*rc::gen::inRange(-2, 3)};
    case FieldType::Text: return any_text(1000);
    case FieldType::InlineText: return any_text(kInlineRoom);
    case FieldType::Bytes: return *rc::gen::arbitrary<std::string>();
    default: return any_number<std::int64_t>();
  }
}

Column any_column(std::size_t number) {
  const auto type = static_cast<FieldType>(*rc::gen::inRange(1, 17));
  Column column{.type = type,
                .is_optional = *rc::gen::arbitrary<bool>(),
                .name = std::to_string(number) + any_text(20),
                .value = any_value(type)};
  if (column.is_optional && *rc::gen::arbitrary<bool>()) column.value = std::monostate();
  return column;
}

// A schema for columns, and rows of it.
class Table final {
 public:
  explicit Table(const std::vector<Column>& columns) : columns_(columns) {
    std::uint32_t end = 0;
    for (const Column& column : columns) {
      Field field{};
      field.name = column.name;
      field.type = column.type;
      field.size = size_of(column.type);
      const std::uint32_t alignment = std::min(field.size, 8u);
      field.offset = (end + alignment - 1) / alignment * alignment;
      end = field.offset + field.size;
      if (column.is_optional) field.presence_offset = end++;
      if (column.type == FieldType::Enum) {
        field.enumerators = {{"minus two", -2}, {"-1", -1}, {"", 0}, {"\"1\"", 1}, {"zwei", 2}};
      }
      schema_.fields.push_back(std::move(field));
    }
    schema_.alignment = 16;
    schema_.size = (end + 15) / 16 * 16 + 16;
  }

  const RecordSchema& schema() const { return schema_; }

  void fill(std::byte* row) const {
    std::memset(row, 0, schema_.size);
    for (std::size_t i = 0; i < columns_.size(); ++i) {
      const Field& field = schema_.fields[i];
      const Value& value = columns_[i].value;
      if (std::holds_alternative<std::monostate>(value)) continue;
      if (field.presence_offset) row[*field.presence_offset] = std::byte{1};
      std::visit([&](const auto& known) { put(field, known, row + field.offset); }, value);
    }
  }

  Value read(std::size_t number, const std::byte* row) const {
    const Field& field = schema_.fields[number];
    if (field.presence_offset && row[*field.presence_offset] == std::byte{0}) return {};
    Value value = columns_[number].value;
    const std::byte* from = row + field.offset;
    if (std::holds_alternative<std::monostate>(value)) return std::string("should not be there");
    std::visit([&](auto& known) { get(field, from, known); }, value);
    return value;
  }

 private:
  static void put(const Field&, std::monostate, std::byte*) {}
  template <class Number>
  static void put(const Field& field, Number number, std::byte* to) {
    std::memcpy(to, &number, field.size);  // Little-endian: the low bytes.
  }
  static void put(const Field& field, const std::string& text, std::byte* to) {
    if (field.type == FieldType::InlineText) {
      const auto size = static_cast<std::uint16_t>(text.size());
      std::memcpy(to, &size, sizeof size);
      std::memcpy(to + sizeof size, text.data(), size);
    } else {
      const weir_text view{text.data(), text.size()};
      std::memcpy(to, &view, sizeof view);
    }
  }

  static void get(const Field&, const std::byte*, std::monostate&) {}
  template <class Number>
  static void get(const Field& field, const std::byte* from, Number& number) {
    const bool is_negative = std::is_signed_v<Number> && std::is_integral_v<Number> &&
                             (from[field.size - 1] & std::byte{0x80}) != std::byte{0};
    std::memset(&number, is_negative ? 0xff : 0, sizeof number);
    std::memcpy(&number, from, field.size);
  }
  static void get(const Field& field, const std::byte* from, std::string& text) {
    if (field.type == FieldType::InlineText) {
      std::uint16_t size = 0;
      std::memcpy(&size, from, sizeof size);
      text.assign(reinterpret_cast<const char*>(from) + sizeof size, size);
    } else {
      weir_text view{};
      std::memcpy(&view, from, sizeof view);
      text.assign(view.data, view.size);
    }
  }

  std::vector<Column> columns_;
  RecordSchema schema_;
};

TEST(RoundTrip, KeepsEveryRowOfEverySchema) {
  EXPECT_TRUE(rc::check("decode(encode(row)) is row", [] {
    std::vector<Column> columns;
    const auto count = *rc::gen::inRange<std::size_t>(0, 80);
    for (std::size_t i = 0; i < count; ++i)
      columns.push_back(any_column(i));
    const Table table(columns);
    const auto encoder = make_json_encoder(table.schema());
    const auto decoder = make_json_decoder(table.schema());
    Block block(table.schema().size, 2);
    table.fill(block.row(0));

    std::string json;
    encoder->encode(block.row(0), json);
    // Twice: what was learned from the first time must not change anything.
    for (int round = 0; round < 2; ++round) {
      const auto error = decoder->decode(json, 0, block.row(1), block);
      if (error) RC_FAIL(error->text() + ": " + json);
      for (std::size_t i = 0; i < columns.size(); ++i) {
        RC_ASSERT(table.read(i, block.row(1)) == columns[i].value);
      }
    }
  }));
}

}  // namespace
}  // namespace weir
