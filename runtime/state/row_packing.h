#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "base/packed.h"
#include "model/schema.h"

namespace weir {

// Rows of one record type as bytes that hold everything themselves, and back. A durable format;
// numbers are little-endian.
//
//   row    := time:i64  fields
//   fields := for each field, in the schema's order: [ present:u8 ] value
//             `present` only for optional fields, and no value behind a 0
//   value  := a number, time, bool or enum in its own width
//           | size:u32 bytes      text, bytes
//           | size:u16 bytes      text in place
//           | fields              record
class RowPacking final {
 public:
  explicit RowPacking(const RecordSchema& schema);

  // Appends one row to `to`.
  void pack(std::int64_t time, const std::byte* row, std::string& to) const;

  // Takes one row off the front of `from`. `row` is room for one; its text points into what `from`
  // reads. False: that is no row.
  bool unpack(PackedReader& from, std::int64_t& time, std::byte* row) const;

 private:
  enum class Kind : std::uint8_t { Plain, Text, InlineText, Presence };
  // What is done to some bytes of the record. Neighbours that are plain are one step.
  struct Step {
    Kind kind;
    std::uint32_t offset;
    std::uint32_t size;  // Presence: steps to leave out when absent.
  };

  void add_steps(const RecordSchema& schema, std::uint32_t offset);
  void add_value(const Field& field, std::uint32_t offset);

  std::size_t row_size_;
  std::vector<Step> steps_;
  std::size_t fixed_steps_ = 0;  // Those that nothing may be joined to any more.
};

}  // namespace weir
