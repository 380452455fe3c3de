#include "model/kept_records.h"

#include "base/check.h"

namespace weir {

void KeptRecords::reserve(std::size_t records, std::size_t bytes) {
  entries_.reserve(records);
  bytes_.reserve(bytes);
}

void KeptRecords::add(const KeptRecord& record) {
  entries_.push_back({.place = record.place,
                      .offset = record.offset,
                      .timestamp = record.timestamp,
                      .begin = bytes_.size(),
                      .key_size = record.key.size(),
                      .value_size = record.value.size()});
  bytes_.append(record.key).append(record.value);
}

KeptRecord KeptRecords::at(std::size_t number) const {
  CHECK(number < entries_.size());
  const Entry& entry = entries_[number];
  const std::string_view bytes = std::string_view(bytes_).substr(entry.begin);
  return {.place = entry.place,
          .offset = entry.offset,
          .timestamp = entry.timestamp,
          .key = bytes.substr(0, entry.key_size),
          .value = bytes.substr(entry.key_size, entry.value_size)};
}

}  // namespace weir
