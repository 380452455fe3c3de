// Record types as the host knows them: plain values, read from a plugin's descriptor or its
// manifest.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace weir {

// Numbered as in weir/abi.h (WEIR_BOOL …); plugin/ checks that they agree.
enum class FieldType : std::uint32_t {
  Bool = 1,
  I8,
  I16,
  I32,
  I64,
  U8,
  U16,
  U32,
  U64,
  F32,
  F64,
  Time,        // std::int64_t, ms since 1970 UTC
  Text,        // weir_text: pointer and size
  Bytes,       // weir_bytes: pointer and size; base64 in JSON
  Enum,        // std::int32_t; by name on the wire
  InlineText,  // std::uint16_t size, then room
  Record,      // nested, in place
  Duration,    // std::int64_t, ms; parameters only
};

// "i32", "text", … as printed by `weir schema` and in messages.
std::string_view name_of(FieldType type);

struct Enumerator {
  std::string name;
  std::int32_t value = 0;
  bool operator==(const Enumerator&) const = default;
};

struct RecordSchema;

struct Field {
  std::string name;
  FieldType type = FieldType::Bool;
  std::uint32_t offset = 0;  // Bytes from the start of the record.
  std::uint32_t size = 0;    // Bytes of the value, without the presence byte.
  // Set: the field is optional, and here its std::uint8_t stands.
  std::optional<std::uint32_t> presence_offset = std::nullopt;
  std::string unit = {};
  std::string doc = {};
  std::vector<Enumerator> enumerators = {};              // Enum only.
  std::shared_ptr<const RecordSchema> record = nullptr;  // Record only.

  bool is_optional() const { return presence_offset.has_value(); }
};

// A record is `size` bytes of plain struct; text fields point elsewhere.
struct RecordSchema {
  std::string name;
  std::string doc;
  std::uint32_t size = 0;
  std::uint32_t alignment = 1;
  std::vector<Field> fields;

  const Field* find(std::string_view field_name) const;
};

// Whether the bytes of a record of the one mean the same in the other: the same fields, of the same
// types, at the same places. What people are told about them may differ.
bool has_same_layout(const RecordSchema& left, const RecordSchema& right);

struct KeyField {
  std::string name;
  FieldType type = FieldType::Bool;
};

// How keys are encoded: see weir_key in weir/abi.h.
struct KeySchema {
  std::vector<KeyField> fields;
};

// A function of the plugin that makes a state of an earlier one.
struct StateMigration {
  std::uint32_t version = 1;  // Of the state that it takes.
  RecordSchema record;        // What it takes.
};

struct StateSchema {
  std::uint32_t version = 1;
  RecordSchema record;
  std::vector<std::byte> initial;  // record.size bytes: a fresh accumulator.
  std::vector<StateMigration> migrations = {};
};

}  // namespace weir
