#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace weir {

struct SplitPlace;

// A record as the outside world had it. The bytes live elsewhere.
struct KeptRecord {
  const SplitPlace* place = nullptr;
  std::int64_t offset = 0;
  std::int64_t timestamp = -1;  // ms UTC; -1: unknown.
  std::string_view key;
  std::string_view value;
};

// The records that a batch's rows were made of. The outside world has them back by the time a
// plugin refuses a row, which is then set aside as the record it came from. Written by the source's
// task; read-only once the batch is on its way.
class KeptRecords final {
 public:
  // Room for so many, with so many bytes together.
  void reserve(std::size_t records, std::size_t bytes);
  // Copies key and value. The place outlives this object.
  void add(const KeptRecord& record);

  bool empty() const { return entries_.empty(); }
  std::size_t size() const { return entries_.size(); }
  // Of keys and values.
  std::size_t bytes() const { return bytes_.size(); }
  // All memory held.
  std::size_t memory() const { return entries_.capacity() * sizeof(Entry) + bytes_.capacity(); }

  // Numbered from 0, as they were added. Lives as long as this object does and nothing is added.
  KeptRecord at(std::size_t number) const;

 private:
  struct Entry {
    const SplitPlace* place;
    std::int64_t offset;
    std::int64_t timestamp;
    std::size_t begin;  // Of the key in bytes_; the value is behind it.
    std::size_t key_size;
    std::size_t value_size;
  };
  std::vector<Entry> entries_;
  std::string bytes_;
};

}  // namespace weir
