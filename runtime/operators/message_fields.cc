#include "operators/message_fields.h"

#include <algorithm>
#include <cstring>
#include <utility>

#include <weir/abi.h>

namespace weir {
namespace {

std::optional<std::string_view> key_of(const RawRecord& record) {
  return record.has_key ? std::optional(record.key) : std::nullopt;
}

std::optional<std::string_view> header_named(std::string_view name, const RawRecord& record) {
  std::optional<std::string_view> found;
  for (const auto& [key, value] : record.headers) {
    if (key == name) found = value;
  }
  return found;
}

}  // namespace

Result<MessageFields> MessageFields::of(const RecordSchema& schema,
                                        const std::string& key_field,
                                        const std::map<std::string, std::string>& header_fields) {
  MessageFields fields;
  if (!key_field.empty()) TRY_DO(fields.add(schema, key_field, std::nullopt));
  for (const auto& [field, header] : header_fields)
    TRY_DO(fields.add(schema, field, header));
  RecordSchema rest = schema;
  std::erase_if(rest.fields, [&](const Field& field) {
    return std::ranges::any_of(fields.places_,
                               [&](const Place& place) { return place.field == field.name; });
  });
  fields.rest_ = std::make_shared<const RecordSchema>(std::move(rest));
  return fields;
}

Status MessageFields::add(const RecordSchema& schema,
                          const std::string& field,
                          std::optional<std::string> header) {
  const Field* found = schema.find(field);
  if (found == nullptr || (found->type != FieldType::Text && found->type != FieldType::Bytes)) {
    return Error(ErrorKind::Invalid,
                 "no field with text or bytes in " + schema.name + ": " + field);
  }
  places_.push_back({field, found->offset, found->presence_offset, std::move(header)});
  return Done{};
}

void MessageFields::fill(const RawRecord& record, std::byte* row, Block& block) const {
  static_assert(sizeof(weir_text) == sizeof(weir_bytes));
  for (const Place& place : places_) {
    const auto found = place.header ? header_named(*place.header, record) : key_of(record);
    weir_text text{nullptr, 0};
    if (found && !found->empty()) {
      char* const room = block.allocate(found->size());
      std::memcpy(room, found->data(), found->size());
      text = {room, found->size()};
    }
    std::memcpy(row + place.offset, &text, sizeof text);
    if (place.presence_offset) row[*place.presence_offset] = static_cast<std::byte>(found ? 1 : 0);
  }
}

}  // namespace weir
