#include "operators/state_schema.h"

#include <utility>

#include "base/format.h"

namespace weir {
namespace {

constexpr std::string_view kWindowNote = "window";
constexpr std::string_view kKeyNote = "key";

// "30000 ms", "30000 ms every 10000 ms", "30000 ms from 5000 ms on".
std::string text_of(const WindowSpec& window) {
  std::string text = format("{} ms", window.size);
  if (window.slide != window.size) text += format(" every {} ms", window.slide);
  if (window.offset != 0) text += format(" from {} ms on", window.offset);
  return text;
}

// "text, i64"
std::string text_of(const KeySchema& key) {
  std::string text;
  for (const KeyField& field : key.fields)
    text.append(text.empty() ? "" : ", ").append(name_of(field.type));
  return text;
}

Status compare(const StateReader& state,
               std::string_view note,
               std::string_view what,
               std::string_view now) {
  for (const std::string& written : state.notes(note)) {
    if (written == now) continue;
    return Error(ErrorKind::Incompatible,
                 format("the {} of its state were written as \"{}\", the job now has \"{}\"",
                        what,
                        written,
                        now));
  }
  return Done{};
}

// The numbers are what is kept, so they are part of the form.
std::string text_of(const std::vector<Enumerator>& enumerators) {
  std::string text = " {";
  for (const Enumerator& each : enumerators) {
    if (&each != &enumerators.front()) text += ", ";
    text += format("{}={}", each.name, each.value);
  }
  return text + '}';
}

}  // namespace

std::string text_of(const RecordSchema& schema, Offsets offsets) {
  std::string text = schema.name + ": (";
  for (const Field& field : schema.fields) {
    if (&field != &schema.fields.front()) text += ", ";
    text += field.name + ' ';
    text += field.type == FieldType::Record ? text_of(*field.record, offsets)
                                            : std::string(name_of(field.type));
    if (field.type == FieldType::InlineText) text += format(" {}", field.size);
    if (field.type == FieldType::Enum) text += text_of(field.enumerators);
    if (field.is_optional()) text += '?';
    if (offsets == Offsets::Told) text += format(" at {}", field.offset);
  }
  return text + ')';
}

StateTexts::StateTexts(std::string schema, const WindowSpec& window, const KeySchema& key)
    : schema_(std::move(schema)), window_(text_of(window)), key_(text_of(key)) {}

void StateTexts::note(StateDelta& delta) const {
  delta.note(kSchemaNote, schema_);
  delta.note(kWindowNote, window_);
  if (!key_.empty()) delta.note(kKeyNote, key_);
}

Status StateTexts::check(const StateReader& state) const {
  TRY_DO(compare(state, kSchemaNote, "entries", schema_));
  TRY_DO(compare(state, kWindowNote, "windows", window_));
  return key_.empty() ? Status(Done{}) : compare(state, kKeyNote, "keys", key_);
}

}  // namespace weir
