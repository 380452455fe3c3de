#include "format/sample_record.h"

#include <cstddef>

namespace weir::tests {
namespace {

Field make_field(std::string name, FieldType type, std::size_t offset, std::size_t size) {
  Field field{};
  field.name = std::move(name);
  field.type = type;
  field.offset = static_cast<std::uint32_t>(offset);
  field.size = static_cast<std::uint32_t>(size);
  return field;
}

Field optional(Field field, std::size_t presence_offset) {
  field.presence_offset = static_cast<std::uint32_t>(presence_offset);
  return field;
}

#define SAMPLE_FIELD(name, type)                                                             \
  optional(make_field(#name, FieldType::type, offsetof(Sample, name), sizeof(Sample::name)), \
           offsetof(Sample, has_##name))

std::shared_ptr<const RecordSchema> place_schema() {
  auto schema = std::make_shared<RecordSchema>();
  schema->name = "Place";
  schema->size = sizeof(Place);
  schema->alignment = alignof(Place);
  schema->fields.push_back(
      make_field("city", FieldType::Text, offsetof(Place, city), sizeof(Place::city)));
  schema->fields.push_back(
      optional(make_field("height", FieldType::F64, offsetof(Place, height), sizeof(double)),
               offsetof(Place, has_height)));
  return schema;
}

RecordSchema make_schema() {
  RecordSchema schema{};
  schema.name = "Sample";
  schema.size = sizeof(Sample);
  schema.alignment = alignof(Sample);
  schema.fields = {
      make_field("name", FieldType::Text, offsetof(Sample, name), sizeof(Sample::name)),
      SAMPLE_FIELD(flag, Bool),
      SAMPLE_FIELD(i8, I8),
      SAMPLE_FIELD(i16, I16),
      SAMPLE_FIELD(i32, I32),
      SAMPLE_FIELD(i64, I64),
      SAMPLE_FIELD(u8, U8),
      SAMPLE_FIELD(u16, U16),
      SAMPLE_FIELD(u32, U32),
      SAMPLE_FIELD(u64, U64),
      SAMPLE_FIELD(f32, F32),
      SAMPLE_FIELD(f64, F64),
      SAMPLE_FIELD(time, Time),
      SAMPLE_FIELD(bytes, Bytes),
      SAMPLE_FIELD(colour, Enum),
      SAMPLE_FIELD(label, InlineText),
      SAMPLE_FIELD(place, Record),
  };
  for (Field& field : schema.fields) {
    if (field.type == FieldType::Enum) {
      field.enumerators = {{"red", 0}, {"green", 1}, {"violet \"7\"", -7}};
    }
    if (field.type == FieldType::Record) field.record = place_schema();
  }
  return schema;
}

}  // namespace

const RecordSchema& sample_schema() {
  static const RecordSchema schema = make_schema();
  return schema;
}

}  // namespace weir::tests
