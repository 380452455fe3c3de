#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "connectors/source.h"

namespace weir::tests {

// Keeps what a reader hands over.
class RecordedIntake final : public RecordIntake {
 public:
  struct Record {
    std::string key;
    std::string value;
    bool has_key;
    std::uint32_t split;
    std::int64_t offset;
    std::int64_t timestamp;
  };

  void take(const RawRecord& record) override {
    // Reading the padding is found by ASan when there is none.
    for (std::size_t i = 0; i < record.padding; ++i)
      padding_sum += record.value.data()[record.value.size() + i];
    records.push_back({.key = std::string(record.key),
                       .value = std::string(record.value),
                       .has_key = record.has_key,
                       .split = record.split,
                       .offset = record.offset,
                       .timestamp = record.timestamp});
  }

  std::vector<std::string> values() const {
    std::vector<std::string> values;
    for (const Record& record : records)
      values.push_back(record.value);
    return values;
  }

  std::vector<Record> records;
  int padding_sum = 0;
};

}  // namespace weir::tests
