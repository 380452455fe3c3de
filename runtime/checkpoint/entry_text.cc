#include "checkpoint/entry_text.h"

#include <bit>
#include <charconv>
#include <cstddef>
#include <cstring>
#include <optional>

#include "base/format.h"
#include "base/packed.h"
#include "format/json_text.h"
#include "format/time_text.h"

namespace weir {
namespace {

static_assert(std::endian::native == std::endian::little, "keys and accumulators are so");

Error torn(std::string_view what) {
  return {ErrorKind::Corrupt, format("{} ends early", what)};
}

// Bytes of a number in a key; 0: it is a text.
std::size_t width_of(FieldType type) {
  switch (type) {
    case FieldType::Bool:
    case FieldType::I8:
    case FieldType::U8: return 1;
    case FieldType::I16:
    case FieldType::U16: return 2;
    case FieldType::I32:
    case FieldType::U32:
    case FieldType::Enum: return 4;
    case FieldType::I64:
    case FieldType::U64:
    case FieldType::Time: return 8;
    default: return 0;
  }
}

bool is_signed(FieldType type) {
  return type == FieldType::I8 || type == FieldType::I16 || type == FieldType::I32 ||
         type == FieldType::I64 || type == FieldType::Time || type == FieldType::Enum;
}

std::string number_text(FieldType type, std::string_view bytes) {
  std::uint64_t value = 0;
  std::memcpy(&value, bytes.data(), bytes.size());
  if (type == FieldType::Bool) return value != 0 ? "true" : "false";
  if (!is_signed(type)) return std::to_string(value);
  const unsigned unused = 64 - 8 * static_cast<unsigned>(bytes.size());
  return std::to_string(static_cast<std::int64_t>(value << unused) >> unused);
}

// Takes the next field's bytes off the front of a key.
std::optional<std::string_view> take_field(FieldType type, bool is_last, std::string_view& key) {
  std::size_t size = width_of(type);
  if (size == 0 && is_last) size = key.size();
  if (size == 0 && !is_last) {
    std::uint32_t text_size = 0;
    if (key.size() < sizeof(text_size)) return std::nullopt;
    std::memcpy(&text_size, key.data(), sizeof(text_size));
    key.remove_prefix(sizeof(text_size));
    size = text_size;
  }
  if (key.size() < size) return std::nullopt;
  const std::string_view taken = key.substr(0, size);
  key.remove_prefix(size);
  return taken;
}

template <class T>
std::optional<std::uint64_t> whole_number(const std::string& text) {
  T number = 0;
  const char* end = text.data() + text.size();
  const auto read = std::from_chars(text.data(), end, number);
  if (read.ec != std::errc() || read.ptr != end) return std::nullopt;
  return static_cast<std::uint64_t>(number);
}

// The bits of a field of a key, as a user writes it.
std::optional<std::uint64_t> read_number(FieldType type, const std::string& text) {
  if (type == FieldType::Bool && text == "true") return 1;
  if (type == FieldType::Bool && text == "false") return 0;
  if (type == FieldType::Time) {
    if (const auto time = read_time(text)) return static_cast<std::uint64_t>(*time);
  }
  return is_signed(type) ? whole_number<std::int64_t>(text) : whole_number<std::uint64_t>(text);
}

constexpr std::size_t kSideBytes = 1 + 4;

template <class T>
T number_at(std::string_view bytes, std::size_t offset) {
  T number = {};
  std::memcpy(&number, bytes.data() + offset, sizeof(number));
  return number;
}

Result<std::string> split_text(std::string_view value) {
  if (value.size() != 3 * sizeof(std::int64_t) + 1) return torn("the state of a split");
  return format(R"({{"largest_time":{},"promise":{},"silence_ns":{},"is_idle":{}}})",
                number_at<std::int64_t>(value, 0),
                number_at<std::int64_t>(value, 8),
                number_at<std::int64_t>(value, 16),
                value[24] != 0 ? "true" : "false");
}

}  // namespace

EntryText::EntryText(const StateForm& form) : form_(form) {
  for (const auto& record : form.records) {
    encoders_.push_back(make_json_encoder(*record));
    if (form.kind == StateForm::Kind::Rows) packings_.emplace_back(*record);
  }
}

Result<std::string> EntryText::key(std::string_view key) const {
  std::string text = "{";
  const auto add = [&](std::string_view name) {
    if (text.size() > 1) text += ',';
    append_json_text(name, text);
    text += ':';
  };
  if (form_.kind == StateForm::Kind::Splits) {
    add("split");
    append_json_text(key, text);
    return text + '}';
  }
  std::optional<std::uint8_t> side;
  if (form_.kind == StateForm::Kind::Rows) {
    if (key.size() < kSideBytes) return torn("the key of rows");
    side = static_cast<std::uint8_t>(key[key.size() - kSideBytes]);
    key.remove_suffix(kSideBytes);
  }
  const auto& fields = form_.key.fields;
  for (std::size_t i = 0; i < fields.size(); ++i) {
    const auto bytes = take_field(fields[i].type, i + 1 == fields.size(), key);
    if (!bytes) return torn("a key");
    add(fields[i].name);
    if (width_of(fields[i].type) == 0) {
      append_json_text(*bytes, text);
    } else {
      text += number_text(fields[i].type, *bytes);
    }
  }
  if (side && form_.records.size() > 1) {
    add("side");
    text += std::to_string(*side);
  }
  return text + '}';
}

Result<std::string> EntryText::value(std::string_view key, std::string_view value) const {
  if (form_.kind == StateForm::Kind::Splits) return split_text(value);
  if (form_.kind == StateForm::Kind::Rows) return rows(key, value);
  if (value.size() != form_.records[0]->size) return torn("an accumulator");
  // Where a struct may lie.
  std::vector<std::max_align_t> row(value.size() / sizeof(std::max_align_t) + 1);
  std::memcpy(row.data(), value.data(), value.size());
  std::string text;
  encoders_[0]->encode(row.data(), text);
  return text;
}

Result<std::string> EntryText::rows(std::string_view key, std::string_view value) const {
  if (key.size() < kSideBytes) return torn("the key of rows");
  const std::size_t side = static_cast<std::uint8_t>(key[key.size() - kSideBytes]);
  if (side >= packings_.size()) {
    return Error(ErrorKind::Corrupt,
                 format("rows of side {}, there are {}", side, packings_.size()));
  }
  std::vector<std::max_align_t> row(form_.records[side]->size / sizeof(std::max_align_t) + 1);
  std::string text = "[";
  for (PackedReader from(value); !from.is_at_end();) {
    std::int64_t time = 0;
    if (!packings_[side].unpack(from, time, reinterpret_cast<std::byte*>(row.data()))) {
      return torn("a list of rows");
    }
    text += format(R"({}{{"time":{},"row":)", text.size() > 1 ? "," : "", time);
    encoders_[side]->encode(row.data(), text);
    text += '}';
  }
  return text + ']';
}

Result<std::string> encode_key(const KeySchema& schema, const std::vector<std::string>& fields) {
  std::string names;
  for (const KeyField& field : schema.fields)
    names += format("{}{} ({})", names.empty() ? "" : ", ", field.name, name_of(field.type));
  if (fields.size() != schema.fields.size()) {
    return Error(ErrorKind::Invalid,
                 format("the key has {} fields: {}", schema.fields.size(), names));
  }
  std::string key;
  for (std::size_t i = 0; i < fields.size(); ++i) {
    const KeyField& field = schema.fields[i];
    if (const std::size_t width = width_of(field.type)) {
      const auto number = read_number(field.type, fields[i]);
      if (!number) {
        return Error(ErrorKind::Invalid,
                     format("{} is no {}: {}", field.name, name_of(field.type), fields[i]));
      }
      key.append(reinterpret_cast<const char*>(&*number), width);
      continue;
    }
    const auto size = static_cast<std::uint32_t>(fields[i].size());
    if (i + 1 < fields.size()) key.append(reinterpret_cast<const char*>(&size), sizeof(size));
    key += fields[i];
  }
  return key;
}

std::string hexadecimal(std::string_view bytes) {
  std::string text = R"({"bytes":")";
  for (const char byte : bytes)
    text += format("{:02x}", static_cast<unsigned char>(byte));
  return text + R"("})";
}

}  // namespace weir
