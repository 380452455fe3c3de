#include <algorithm>
#include <bit>
#include <set>

#include "base/format.h"
#include "plugin/limits.h"
#include "plugin/rules.h"

namespace weir {
namespace {

Error invalid(std::string message) {
  return Error(ErrorKind::Invalid, std::move(message));
}

struct Shape {
  std::uint32_t size;
  std::uint32_t alignment;
};

// Of a value of this type; size 0: it depends on the field.
Shape shape_of(FieldType type) {
  switch (type) {
    case FieldType::Bool:
    case FieldType::I8:
    case FieldType::U8: return {1, 1};
    case FieldType::I16:
    case FieldType::U16: return {2, 2};
    case FieldType::I32:
    case FieldType::U32:
    case FieldType::F32:
    case FieldType::Enum: return {4, 4};
    case FieldType::I64:
    case FieldType::U64:
    case FieldType::F64:
    case FieldType::Time:
    case FieldType::Duration: return {8, 8};
    case FieldType::Text:
    case FieldType::Bytes: return {16, 8};
    case FieldType::InlineText: return {0, 2};
    case FieldType::Record: return {0, 1};
  }
  return {0, 1};
}

Status check_enumerators(const Field& field) {
  if ((field.type == FieldType::Enum) != !field.enumerators.empty()) {
    return invalid(field.type == FieldType::Enum ? "an enum needs enumerators"
                                                 : "only an enum has enumerators");
  }
  std::set<std::string_view> names;
  std::set<std::int32_t> values;
  for (const Enumerator& each : field.enumerators) {
    if (each.name.empty()) return invalid("an enumerator has no name");
    if (!names.insert(each.name).second) {
      return invalid(format("two enumerators are called {}", each.name));
    }
    if (!values.insert(each.value).second) {
      return invalid(format("two enumerators have the value {}", each.value));
    }
  }
  return Done{};
}

Status check_nested(const Field& field) {
  if ((field.type == FieldType::Record) != (field.record != nullptr)) {
    return invalid(field.type == FieldType::Record ? "a nested record is not described"
                                                   : "only a nested record has a record");
  }
  if (field.record == nullptr) return Done{};
  if (field.size != field.record->size) {
    return invalid(format("has {} bytes, its record {}", field.size, field.record->size));
  }
  return Done{};
}

Status check_field(const RecordSchema& record, const Field& field) {
  if (field.name.empty()) return invalid("has no name");
  if (field.type == FieldType::Duration) return invalid("only a parameter can be a duration");
  const Shape shape = shape_of(field.type);
  if (shape.size != 0 && field.size != shape.size) {
    return invalid(
        format("has {} bytes, a {} has {}", field.size, name_of(field.type), shape.size));
  }
  if (field.type == FieldType::InlineText && (field.size < 4 || field.size % 2 != 0)) {
    return invalid(format("an inline text cannot have {} bytes", field.size));
  }
  if (field.offset % shape.alignment != 0) {
    return invalid(format("offset {} is not aligned to {}", field.offset, shape.alignment));
  }
  if (std::uint64_t{field.offset} + field.size > record.size) {
    return invalid(format("ends at byte {}, behind the end of the record at {}",
                          std::uint64_t{field.offset} + field.size,
                          record.size));
  }
  if (field.presence_offset && *field.presence_offset >= record.size) {
    return invalid(format("presence byte {} is behind the end of the record at {}",
                          *field.presence_offset,
                          record.size));
  }
  TRY_DO(check_enumerators(field));
  return check_nested(field);
}

// The bytes of the record that belong to one field.
struct Extent {
  std::uint32_t begin;
  std::uint32_t end;
  const Field* field;
};

Status check_apart(const RecordSchema& record) {
  std::vector<Extent> extents;
  for (const Field& field : record.fields) {
    extents.push_back({field.offset, field.offset + field.size, &field});
    if (field.presence_offset) {
      extents.push_back({*field.presence_offset, *field.presence_offset + 1, &field});
    }
  }
  std::ranges::sort(extents, {}, &Extent::begin);
  for (std::size_t i = 1; i < extents.size(); ++i) {
    if (extents[i].begin >= extents[i - 1].end) continue;
    return invalid(format("fields {} and {} overlap at byte {}",
                          extents[i - 1].field->name,
                          extents[i].field->name,
                          extents[i].begin));
  }
  return Done{};
}

Status check_fields(const RecordSchema& record, std::size_t depth) {
  if (depth > limits::kRecordDepthMax) {
    return invalid(format("records are nested deeper than {}", limits::kRecordDepthMax));
  }
  if (!std::has_single_bit(record.alignment) || record.alignment > 16) {
    return invalid(format("alignment {} is not 1, 2, 4, 8 or 16", record.alignment));
  }
  if (record.size == 0 || record.size % record.alignment != 0 ||
      record.size > limits::kRecordBytesMax) {
    return invalid(format("size {} is not a multiple of its alignment {}, or is 0 or above {}",
                          record.size,
                          record.alignment,
                          limits::kRecordBytesMax));
  }
  if (record.fields.empty() || record.fields.size() > limits::kFieldsMax) {
    return invalid(
        format("has {} fields, needs 1 to {}", record.fields.size(), limits::kFieldsMax));
  }
  std::set<std::string_view> names;
  for (const Field& field : record.fields) {
    if (!names.insert(field.name).second) {
      return invalid(format("two fields are called {}", field.name));
    }
    TRY_DO(check_field(record, field).during(format("field {}", field.name)));
  }
  // Only records whose fields are apart from each other are entered, so that the work is bounded by
  // their bytes, however often a record is used.
  TRY_DO(check_apart(record));
  for (const Field& field : record.fields) {
    const std::string place = format("field {}", field.name);
    if (field.record != nullptr) {
      TRY_DO(check_fields(*field.record, depth + 1).during(place));
    }
    const std::uint32_t alignment =
        field.record != nullptr ? field.record->alignment : shape_of(field.type).alignment;
    if (alignment > record.alignment || field.offset % alignment != 0) {
      return invalid(format("field {} at offset {} needs alignment {}, the record has {}",
                            field.name,
                            field.offset,
                            alignment,
                            record.alignment));
    }
  }
  return Done{};
}

}  // namespace

Status check_record(const RecordSchema& record) {
  if (record.name.empty()) return invalid("a record has no name");
  return check_fields(record, 0).during(format("record {}", record.name));
}

}  // namespace weir
