// Records of the host's own: what the side streams `errors` and `timing` carry.
#pragma once

#include <cstdint>

#include <weir/abi.h>

#include "model/batch_origin.h"
#include "model/schema.h"

namespace weir {

// A record that did not become a row, or a row or window that a plugin refused. The texts live
// elsewhere.
struct ErrorRecord {
  weir_text job{};
  weir_text operator_uid{};  // On the wire "operator": the source, or who refused the row.
  weir_text reason{};
  weir_text field{};           // Path of the field; empty when it is about the whole.
  std::uint64_t position = 0;  // Byte of the value where it was seen.
  // Where the record came from; of rows and windows only where that is known.
  weir_text source{};
  weir_text topic{};
  std::int32_t partition = 0;
  std::int64_t offset = 0;
  std::int64_t timestamp = 0;
  // The original bytes of the record; where it is not known, a row as JSON; a window's key.
  weir_bytes key{};
  weir_bytes value{};
  std::uint64_t value_size = 0;  // Only when `value` is cut: how long it was.
  std::int64_t window_start = 0;
  std::int64_t window_end = 0;

  // Which of the optional fields are there.
  std::uint8_t has_source = 0;
  std::uint8_t has_topic = 0;
  std::uint8_t has_partition = 0;
  std::uint8_t has_offset = 0;
  std::uint8_t has_timestamp = 0;
  std::uint8_t has_value = 0;
  std::uint8_t has_value_size = 0;
  std::uint8_t has_window_start = 0;
  std::uint8_t has_window_end = 0;
};
RecordSchema error_record_schema();
// Says where the record came from and what its bytes are; goes on pointing to all of it.
void set_record(ErrorRecord& error, const KeptRecord& record);

// When a record came in and when the operators behind its source were done with it.
struct TimingRecord {
  weir_text source{};
  std::int64_t event_time = 0;
  std::int64_t ingestion = 0;
  std::int64_t processing = 0;
  std::int64_t delay_ms = 0;  // From event time to processing.
};
RecordSchema timing_record_schema();

}  // namespace weir
