#include "operators/message_key.h"

#include <cstring>

#include <weir/abi.h>

#include "base/format.h"

namespace weir {
namespace {

template <class T>
T read(const std::byte* at) {
  T value;
  std::memcpy(&value, at, sizeof value);
  return value;
}

void append_enum(const Field& field, std::int32_t value, std::string& out) {
  for (const Enumerator& enumerator : field.enumerators) {
    if (enumerator.value == value) {
      out += enumerator.name;
      return;
    }
  }
  out += format("{}", value);
}

void append_value(const Field& field, const std::byte* at, std::string& out) {
  switch (field.type) {
    case FieldType::Bool: out += read<std::uint8_t>(at) != 0 ? "true" : "false"; return;
    case FieldType::I8: out += format("{}", int{read<std::int8_t>(at)}); return;
    case FieldType::I16: out += format("{}", read<std::int16_t>(at)); return;
    case FieldType::I32: out += format("{}", read<std::int32_t>(at)); return;
    case FieldType::I64:
    case FieldType::Time:
    case FieldType::Duration: out += format("{}", read<std::int64_t>(at)); return;
    case FieldType::U8: out += format("{}", unsigned{read<std::uint8_t>(at)}); return;
    case FieldType::U16: out += format("{}", read<std::uint16_t>(at)); return;
    case FieldType::U32: out += format("{}", read<std::uint32_t>(at)); return;
    case FieldType::U64: out += format("{}", read<std::uint64_t>(at)); return;
    case FieldType::F32: out += format("{}", read<float>(at)); return;
    case FieldType::F64: out += format("{}", read<double>(at)); return;
    case FieldType::Text: {
      const auto text = read<weir_text>(at);
      out.append(text.data, text.size);
      return;
    }
    case FieldType::Bytes: {
      const auto bytes = read<weir_bytes>(at);
      out.append(reinterpret_cast<const char*>(bytes.data), bytes.size);
      return;
    }
    case FieldType::Enum: append_enum(field, read<std::int32_t>(at), out); return;
    case FieldType::InlineText: {
      const auto size = read<std::uint16_t>(at);
      const std::size_t room = field.size - sizeof size;
      const auto* text = reinterpret_cast<const char*>(at + sizeof size);
      out.append(text, size < room ? size : room);
      return;
    }
    case FieldType::Record: return;
  }
}

}  // namespace

Result<MessageKey> MessageKey::of(const RecordSchema& schema,
                                  const std::vector<std::string>& fields) {
  MessageKey key;
  for (const std::string& name : fields) {
    const Field* field = schema.find(name);
    if (field == nullptr || field->type == FieldType::Record) {
      return Error(ErrorKind::Invalid,
                   format("record {} has no field that can be in a key: {}", schema.name, name));
    }
    key.fields_.push_back(field);
  }
  return key;
}

void MessageKey::append(const void* row, std::string& out) const {
  const auto* bytes = static_cast<const std::byte*>(row);
  bool is_first = true;
  for (const Field* field : fields_) {
    if (!is_first) out += '|';
    is_first = false;
    const bool is_there =
        !field->is_optional() || read<std::uint8_t>(bytes + *field->presence_offset) != 0;
    if (is_there) append_value(*field, bytes + field->offset, out);
  }
}

}  // namespace weir
