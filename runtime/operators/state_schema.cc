#include "operators/state_schema.h"

#include "base/format.h"

namespace weir {
namespace {

constexpr std::string_view kNote = "schema";

}  // namespace

std::string text_of(const RecordSchema& schema, Offsets offsets) {
  std::string text = schema.name + ": (";
  for (const Field& field : schema.fields) {
    if (&field != &schema.fields.front()) text += ", ";
    text += field.name + ' ';
    text += field.type == FieldType::Record ? text_of(*field.record, offsets)
                                            : std::string(name_of(field.type));
    if (field.type == FieldType::InlineText) text += format(" {}", field.size);
    if (field.is_optional()) text += '?';
    if (offsets == Offsets::Told) text += format(" at {}", field.offset);
  }
  return text + ')';
}

void note_schema(StateDelta& delta, std::string_view schema) {
  delta.note(kNote, schema);
}

Status check_schema(const StateReader& state, std::string_view schema) {
  for (const std::string& written : state.notes(kNote)) {
    if (written == schema) continue;
    return Error(
        ErrorKind::Incompatible,
        format("its state was written as \"{}\", the job now has \"{}\"", written, schema));
  }
  return Done{};
}

}  // namespace weir
