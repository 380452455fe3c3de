#include "model/schema.h"

#include <algorithm>

namespace weir {

std::string_view name_of(FieldType type) {
  switch (type) {
    case FieldType::Bool: return "bool";
    case FieldType::I8: return "i8";
    case FieldType::I16: return "i16";
    case FieldType::I32: return "i32";
    case FieldType::I64: return "i64";
    case FieldType::U8: return "u8";
    case FieldType::U16: return "u16";
    case FieldType::U32: return "u32";
    case FieldType::U64: return "u64";
    case FieldType::F32: return "f32";
    case FieldType::F64: return "f64";
    case FieldType::Time: return "time";
    case FieldType::Text: return "text";
    case FieldType::Bytes: return "bytes";
    case FieldType::Enum: return "enum";
    case FieldType::InlineText: return "inline text";
    case FieldType::Record: return "record";
    case FieldType::Duration: return "duration";
  }
  return "unknown";
}

namespace {

bool is_same_field(const Field& left, const Field& right) {
  if (left.name != right.name || left.type != right.type || left.offset != right.offset ||
      left.size != right.size || left.presence_offset != right.presence_offset ||
      left.enumerators != right.enumerators) {
    return false;
  }
  return left.type != FieldType::Record || has_same_layout(*left.record, *right.record);
}

}  // namespace

bool has_same_layout(const RecordSchema& left, const RecordSchema& right) {
  return left.size == right.size && std::ranges::equal(left.fields, right.fields, is_same_field);
}

const Field* RecordSchema::find(std::string_view field_name) const {
  const auto found = std::ranges::find(fields, field_name, &Field::name);
  return found == fields.end() ? nullptr : &*found;
}

}  // namespace weir
