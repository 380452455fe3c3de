#include "checkpoint/state_form.h"

#include <optional>
#include <utility>

#include <boost/json.hpp>

#include "base/format.h"

namespace weir {
namespace {

namespace json = boost::json;

constexpr std::string_view kKinds[] = {"aggregate", "rows", "splits"};
constexpr std::size_t kNestingMax = 16;

json::object record_json(const RecordSchema& schema);

json::object field_json(const Field& field) {
  json::object made;
  made["name"] = field.name;
  made["type"] = static_cast<std::uint32_t>(field.type);
  made["offset"] = field.offset;
  made["size"] = field.size;
  if (field.presence_offset) made["presence"] = *field.presence_offset;
  if (!field.enumerators.empty()) {
    json::array& names = made["enumerators"].emplace_array();
    for (const Enumerator& enumerator : field.enumerators)
      names.push_back(json::array{enumerator.name, enumerator.value});
  }
  if (field.record) made["record"] = record_json(*field.record);
  return made;
}

json::object record_json(const RecordSchema& schema) {
  json::object made;
  made["name"] = schema.name;
  made["size"] = schema.size;
  json::array& fields = made["fields"].emplace_array();
  for (const Field& field : schema.fields)
    fields.push_back(field_json(field));
  return made;
}

// Whether what reads and writes such a field stays inside it.
bool has_right_size(const Field& field) {
  switch (field.type) {
    case FieldType::Bool:
    case FieldType::I8:
    case FieldType::U8: return field.size == 1;
    case FieldType::I16:
    case FieldType::U16: return field.size == 2;
    case FieldType::I32:
    case FieldType::U32:
    case FieldType::F32:
    case FieldType::Enum: return field.size == 4;
    case FieldType::I64:
    case FieldType::U64:
    case FieldType::F64:
    case FieldType::Time:
    case FieldType::Duration: return field.size == 8;
    case FieldType::Text:
    case FieldType::Bytes: return field.size == sizeof(std::string_view);
    case FieldType::InlineText: return field.size >= sizeof(std::uint16_t);
    case FieldType::Record: return field.record->size <= field.size;
  }
  return false;
}

// Reads members of JSON; what is missing or of another type is remembered, and read as empty.
class FormReader final {
 public:
  bool is_broken() const { return is_broken_; }
  void refuse() { is_broken_ = true; }

  std::int64_t number(const json::value* value) {
    if (value != nullptr && value->is_int64()) return value->get_int64();
    refuse();
    return 0;
  }
  std::uint32_t size(const json::value* value) {
    const std::int64_t read = number(value);
    if (read < 0 || read > std::int64_t{1} << 30) refuse();
    return static_cast<std::uint32_t>(read);
  }
  std::string text(const json::value* value) {
    if (value != nullptr && value->is_string()) return std::string(value->get_string());
    refuse();
    return {};
  }
  const json::array& list(const json::value* value) {
    static const json::array nothing;
    if (value != nullptr && value->is_array()) return value->get_array();
    refuse();
    return nothing;
  }
  const json::object& object(const json::value* value) {
    static const json::object nothing;
    if (value != nullptr && value->is_object()) return value->get_object();
    refuse();
    return nothing;
  }
  FieldType type(const json::value* value) {
    const std::uint32_t read = size(value);
    if (read < 1 || read > static_cast<std::uint32_t>(FieldType::Duration)) refuse();
    return static_cast<FieldType>(read);
  }

  Field field(const json::object& from, std::size_t depth) {
    Field made;
    made.name = text(from.if_contains("name"));
    made.type = type(from.if_contains("type"));
    made.offset = size(from.if_contains("offset"));
    made.size = size(from.if_contains("size"));
    if (const auto* presence = from.if_contains("presence")) made.presence_offset = size(presence);
    if (const auto* names = from.if_contains("enumerators")) {
      for (const json::value& each : list(names)) {
        const json::array& pair = list(&each);
        if (pair.size() != 2) return refuse(), made;
        made.enumerators.push_back(
            {text(pair.data()), static_cast<std::int32_t>(number(&pair[1]))});
      }
    }
    if (made.type == FieldType::Record) {
      made.record = record(object(from.if_contains("record")), depth + 1);
    }
    return made;
  }

  std::shared_ptr<const RecordSchema> record(const json::object& from, std::size_t depth = 0) {
    auto made = std::make_shared<RecordSchema>();
    if (depth > kNestingMax) return refuse(), made;
    made->name = text(from.if_contains("name"));
    made->size = size(from.if_contains("size"));
    for (const json::value& each : list(from.if_contains("fields"))) {
      Field field_read = field(object(&each), depth);
      if (!has_right_size(field_read)) refuse();
      const std::uint64_t end = std::uint64_t{field_read.offset} + field_read.size;
      if (end > made->size || field_read.presence_offset.value_or(0) >= made->size) refuse();
      made->fields.push_back(std::move(field_read));
    }
    return made;
  }

 private:
  bool is_broken_ = false;
};

// Whether a record as it lies in memory holds all it says.
bool is_self_contained(const RecordSchema& schema) {
  for (const Field& field : schema.fields) {
    if (field.type == FieldType::Text || field.type == FieldType::Bytes) return false;
    if (field.record && !is_self_contained(*field.record)) return false;
  }
  return true;
}

std::optional<StateForm::Kind> kind_named(std::string_view name) {
  for (std::size_t i = 0; i < std::size(kKinds); ++i) {
    if (kKinds[i] == name) return static_cast<StateForm::Kind>(i);
  }
  return std::nullopt;
}

}  // namespace

std::string encode_form(const StateForm& form) {
  json::object made;
  made["kind"] = kKinds[static_cast<std::size_t>(form.kind)];
  if (form.version != 0) made["version"] = form.version;
  json::array& key = made["key"].emplace_array();
  for (const KeyField& field : form.key.fields)
    key.push_back(json::array{field.name, static_cast<std::uint32_t>(field.type)});
  made["window"] = json::array{
      form.window.size, form.window.slide, form.window.offset, form.window.allowed_lateness};
  json::array& records = made["records"].emplace_array();
  for (const auto& record : form.records)
    records.push_back(record_json(*record));
  return json::serialize(made);
}

Result<StateForm> decode_form(std::string_view text) {
  const Error broken(ErrorKind::Corrupt, "the form of an operator's state is not what was written");
  json::error_code failed;
  const json::value parsed = json::parse(json::string_view(text.data(), text.size()), failed);
  if (failed) return broken;
  FormReader reader;
  const json::object& from = reader.object(&parsed);
  StateForm form;
  const auto kind = kind_named(reader.text(from.if_contains("kind")));
  if (!kind) return broken;
  form.kind = *kind;
  if (const auto* version = from.if_contains("version")) form.version = reader.size(version);
  for (const json::value& each : reader.list(from.if_contains("key"))) {
    const json::array& pair = reader.list(&each);
    if (pair.size() != 2) return broken;
    form.key.fields.push_back({reader.text(pair.data()), reader.type(&pair[1])});
  }
  const json::array& window = reader.list(from.if_contains("window"));
  if (window.size() != 4) return broken;
  form.window = {reader.number(window.data()),
                 reader.number(&window[1]),
                 reader.number(&window[2]),
                 reader.number(&window[3])};
  for (const json::value& each : reader.list(from.if_contains("records")))
    form.records.push_back(reader.record(reader.object(&each)));
  if (reader.is_broken()) return broken;
  const bool is_splits = form.kind == StateForm::Kind::Splits;
  if (!is_splits && (!WindowSlices::is_valid(form.window) || form.records.empty())) return broken;
  if (form.kind == StateForm::Kind::Aggregate && !is_self_contained(*form.records[0]))
    return broken;
  return form;
}

}  // namespace weir
