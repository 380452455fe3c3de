#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>
#include <vector>

#include "format/json_value.h"
#include "format/learned_keys.h"
#include "model/schema.h"

namespace weir {

// The names of an enumeration.
class EnumNames final {
 public:
  explicit EnumNames(const std::vector<Enumerator>& enumerators);

  std::optional<std::int32_t> find(std::string_view name) const;

 private:
  // Sorted by size, then by name.
  std::vector<Enumerator> sorted_;
};

struct RecordPlan;

// A field as the decoder wants it: flat, without what is not asked for each record.
struct FieldPlan {
  StoreValue store;  // Null for a record.
  bool is_optional;
  std::uint32_t offset;
  std::uint32_t size;
  std::uint32_t presence_offset;
  std::uint32_t number;  // Among the fields of its record.
  const Field* field;
  EnumNames enumerators;
  std::unique_ptr<RecordPlan> record;
};

// How records of a schema, which outlives it, are decoded; also what is known of the object that is
// being decoded. A record never contains itself, so one of those is enough.
struct RecordPlan {
  explicit RecordPlan(const RecordSchema& schema);

  void begin() {
    missing_ = required_;
    for (std::size_t i = 0; i < more_required_.size(); ++i)
      more_missing_[i] = more_required_[i];
  }
  void saw(const FieldPlan& field) {
    const std::uint64_t bit = 1ull << field.number % 64;
    if (field.number < 64) [[likely]] {
      missing_ &= ~bit;
    } else {
      more_missing_[field.number / 64 - 1] &= ~bit;
    }
  }
  bool is_complete() const {
    std::uint64_t missing = missing_;
    for (const std::uint64_t word : more_missing_)
      missing |= word;
    return missing == 0;
  }
  const FieldPlan& first_missing() const;

  std::uint32_t size;
  LearnedKeys keys;
  std::vector<FieldPlan> fields;

 private:
  // A bit for each field, of the first 64 and of those behind them.
  std::uint64_t required_ = 0;
  std::uint64_t missing_ = 0;
  std::vector<std::uint64_t> more_required_;
  std::vector<std::uint64_t> more_missing_;
};

}  // namespace weir
