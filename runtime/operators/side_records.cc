#include "operators/side_records.h"

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace weir {
namespace {

Field field(std::string name, FieldType type, std::size_t offset, std::size_t size) {
  Field made;
  made.name = std::move(name);
  made.type = type;
  made.offset = static_cast<std::uint32_t>(offset);
  made.size = static_cast<std::uint32_t>(size);
  return made;
}

weir_text text_of(std::string_view text) {
  return {text.data(), text.size()};
}

weir_bytes bytes_of(std::string_view text) {
  return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}

Field optional(Field made, std::size_t presence_offset) {
  made.presence_offset = static_cast<std::uint32_t>(presence_offset);
  return made;
}

}  // namespace

RecordSchema error_record_schema() {
  using R = ErrorRecord;
  constexpr std::size_t kText = sizeof(weir_text);
  RecordSchema schema;
  schema.name = "Error";
  schema.doc = "a record that did not become a row, or a row or window that a plugin refused";
  schema.size = sizeof(R);
  schema.alignment = alignof(R);
  schema.fields = {
      field("job", FieldType::Text, offsetof(R, job), kText),
      field("operator", FieldType::Text, offsetof(R, operator_uid), kText),
      field("reason", FieldType::Text, offsetof(R, reason), kText),
      field("field", FieldType::Text, offsetof(R, field), kText),
      field("position", FieldType::U64, offsetof(R, position), 8),
      optional(field("source", FieldType::Text, offsetof(R, source), kText),
               offsetof(R, has_source)),
      optional(field("topic", FieldType::Text, offsetof(R, topic), kText), offsetof(R, has_topic)),
      optional(field("partition", FieldType::I32, offsetof(R, partition), 4),
               offsetof(R, has_partition)),
      optional(field("offset", FieldType::I64, offsetof(R, offset), 8), offsetof(R, has_offset)),
      optional(field("timestamp", FieldType::Time, offsetof(R, timestamp), 8),
               offsetof(R, has_timestamp)),
      field("key", FieldType::Bytes, offsetof(R, key), sizeof(weir_bytes)),
      optional(field("value", FieldType::Bytes, offsetof(R, value), sizeof(weir_bytes)),
               offsetof(R, has_value)),
      optional(field("value_size", FieldType::U64, offsetof(R, value_size), 8),
               offsetof(R, has_value_size)),
      optional(field("window_start", FieldType::Time, offsetof(R, window_start), 8),
               offsetof(R, has_window_start)),
      optional(field("window_end", FieldType::Time, offsetof(R, window_end), 8),
               offsetof(R, has_window_end)),
  };
  return schema;
}

void set_record(ErrorRecord& error, const KeptRecord& record) {
  error.source = text_of(record.place->source);
  error.topic = text_of(record.place->topic);
  error.partition = record.place->partition;
  error.offset = record.offset;
  error.timestamp = record.timestamp;
  error.key = bytes_of(record.key);
  error.value = bytes_of(record.value);
  error.has_source = error.has_topic = error.has_partition = error.has_offset = 1;
  error.has_timestamp = record.timestamp >= 0;
  error.has_value = 1;
}

RecordSchema timing_record_schema() {
  using R = TimingRecord;
  RecordSchema schema;
  schema.name = "Timing";
  schema.doc = "when a record came in and when the operators behind its source were done with it";
  schema.size = sizeof(R);
  schema.alignment = alignof(R);
  schema.fields = {
      field("source", FieldType::Text, offsetof(R, source), sizeof(weir_text)),
      field("event_time", FieldType::Time, offsetof(R, event_time), 8),
      field("ingestion", FieldType::Time, offsetof(R, ingestion), 8),
      field("processing", FieldType::Time, offsetof(R, processing), 8),
      field("delay_ms", FieldType::I64, offsetof(R, delay_ms), 8),
  };
  return schema;
}

}  // namespace weir
