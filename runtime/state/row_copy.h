#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <vector>

#include "model/schema.h"
#include "state/table_set.h"

namespace weir {

// Copies rows of one record type, their text included, into memory that is dropped as a whole.
class RowCopy final {
 public:
  explicit RowCopy(const RecordSchema& schema);

  std::size_t size() const { return size_; }
  std::size_t alignment() const { return alignment_; }

  // Copies the row at `from` to `to`, its text to memory of `owner`. Fields that are not present
  // have no text afterwards.
  void copy(std::byte* to, const void* from, TableSet& owner) const {
    copy_bytes(to, static_cast<const std::byte*>(from));
    if (!texts_.empty()) copy_texts(to, static_cast<const std::byte*>(from), owner);
  }

 private:
  // A text or bytes field somewhere in the record.
  struct Text {
    std::size_t offset;
    std::vector<std::size_t> presence_offsets;  // Of itself and of the records around it.
  };

  // Records are short, and as a rule whole words: those without a call.
  void copy_bytes(std::byte* to, const std::byte* from) const {
    if (size_ % sizeof(std::uint64_t) != 0) {
      std::memcpy(to, from, size_);
      return;
    }
    for (std::size_t at = 0; at < size_; at += sizeof(std::uint64_t))
      std::memcpy(to + at, from + at, sizeof(std::uint64_t));
  }
  void copy_texts(std::byte* to, const std::byte* from, TableSet& owner) const;
  void find_texts(const RecordSchema& schema,
                  std::size_t offset,
                  const std::vector<std::size_t>& presence_offsets);

  std::size_t size_;
  std::size_t alignment_;
  std::vector<Text> texts_;
};

}  // namespace weir
