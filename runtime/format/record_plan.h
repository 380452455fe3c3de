#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>
#include <vector>

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
  FieldType type;
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
    keys.rewind();
    missing_ = required_;
  }
  void saw(const FieldPlan& field) { missing_[field.number / 64] &= ~(1ull << field.number % 64); }
  bool is_complete() const {
    std::uint64_t missing = 0;
    for (const std::uint64_t word : missing_)
      missing |= word;
    return missing == 0;
  }
  const FieldPlan& first_missing() const;

  std::uint32_t size;
  LearnedKeys keys;
  std::vector<FieldPlan> fields;

 private:
  // A bit for each field.
  std::vector<std::uint64_t> required_;
  std::vector<std::uint64_t> missing_;
};

}  // namespace weir
