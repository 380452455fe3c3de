#include "plugin/graph_rules.h"

#include <algorithm>
#include <set>

#include "base/format.h"
#include "plugin/limits.h"
#include "plugin/rules.h"

namespace weir {
namespace {

Error invalid(std::string message) {
  return Error(ErrorKind::Invalid, std::move(message));
}

bool is_windowed(OperatorKind kind) {
  return kind == OperatorKind::WindowAggregate || kind == OperatorKind::WindowRows ||
         kind == OperatorKind::CoGroup;
}

// Rows go through as they are.
bool passes_rows(OperatorKind kind) {
  return kind == OperatorKind::Filter || kind == OperatorKind::Union || kind == OperatorKind::KeyBy;
}

bool is_same(const RecordSchema& left, const RecordSchema& right);

bool is_same(const Field& left, const Field& right) {
  const bool has_same_record =
      left.record == right.record ||
      (left.record != nullptr && right.record != nullptr && is_same(*left.record, *right.record));
  return has_same_record && left.name == right.name && left.type == right.type &&
         left.offset == right.offset && left.size == right.size &&
         left.presence_offset == right.presence_offset && left.enumerators == right.enumerators;
}

bool is_same(const RecordSchema& left, const RecordSchema& right) {
  return &left == &right ||
         (left.name == right.name && left.size == right.size &&
          std::ranges::equal(left.fields, right.fields, [](const Field& one, const Field& other) {
            return is_same(one, other);
          }));
}

bool has_text(const RecordSchema& record) {
  return std::ranges::any_of(record.fields, [](const Field& field) {
    return field.type == FieldType::Text || field.type == FieldType::Bytes ||
           (field.record != nullptr && has_text(*field.record));
  });
}

// Members that belong to its kind are there, the others are not.
Status check_members(const OperatorDescription& each) {
  const auto check = [&](bool is_there, bool is_needed, std::string_view what) -> Status {
    if (is_there == is_needed) return Done{};
    return invalid(format(
        "a {} operator {} {}", name_of(each.kind), is_needed ? "needs" : "cannot have", what));
  };
  TRY_DO(check(each.output != nullptr, each.kind != OperatorKind::Sink, "an output record"));
  TRY_DO(check(each.key.has_value(), each.kind == OperatorKind::KeyBy, "a key"));
  TRY_DO(check(each.state.has_value(), each.kind == OperatorKind::WindowAggregate, "a state"));
  TRY_DO(check(each.window.has_value(), is_windowed(each.kind), "a window"));
  return check(each.event_time.has_value(), each.kind == OperatorKind::Source, "an event time");
}

Status check_inputs(const JobDescription& job, std::size_t index) {
  const OperatorDescription& each = job.operators[index];
  const std::size_t count = each.inputs.size();
  const bool is_right = each.kind == OperatorKind::Source    ? count == 0
                        : each.kind == OperatorKind::Union   ? count >= 2
                        : each.kind == OperatorKind::CoGroup ? count == 2
                                                             : count == 1;
  if (!is_right || count > limits::kInputsMax) {
    return invalid(format("a {} operator cannot have {} inputs", name_of(each.kind), count));
  }
  for (const std::size_t input : each.inputs) {
    if (input >= index) {
      return invalid(format("input {} does not stand before it (it is operator {})", input, index));
    }
    const OperatorDescription& from = job.operators[input];
    if (from.kind == OperatorKind::Sink)
      return invalid(format("takes rows from sink {}", from.uid));
    if (is_windowed(each.kind) != (from.kind == OperatorKind::KeyBy)) {
      return invalid(is_windowed(each.kind)
                         ? format("its input {} is not a key_by", from.uid)
                         : format("key_by {} must be followed by a window or a cogroup", from.uid));
    }
    if (passes_rows(each.kind) && !is_same(*from.output, *each.output)) {
      return invalid(format("passes rows on, but its record {} is not the record {} of {}",
                            each.output->name,
                            from.output->name,
                            from.uid));
    }
  }
  if (each.kind == OperatorKind::CoGroup) {
    const auto& left = job.operators[each.inputs[0]].key->fields;
    const auto& right = job.operators[each.inputs[1]].key->fields;
    if (!std::ranges::equal(left, right, {}, &KeyField::type, &KeyField::type)) {
      return invalid("its inputs are keyed by different types");
    }
  }
  return Done{};
}

bool is_key_type(FieldType type) {
  return (type >= FieldType::Bool && type <= FieldType::U64) || type == FieldType::Time ||
         type == FieldType::Text || type == FieldType::Enum;
}

Status check_key(const KeySchema& key) {
  if (key.fields.empty() || key.fields.size() > limits::kKeyFieldsMax) {
    return invalid(
        format("a key has 1 to {} fields, not {}", limits::kKeyFieldsMax, key.fields.size()));
  }
  std::set<std::string_view> names;
  for (const KeyField& field : key.fields) {
    if (field.name.empty() || !names.insert(field.name).second) {
      return invalid(
          format("field {} of the key has no name, or its name twice", quoted(field.name)));
    }
    if (!is_key_type(field.type)) {
      return invalid(
          format("field {} of the key cannot be of type {}", field.name, name_of(field.type)));
    }
  }
  return Done{};
}

Status check_migrations(const StateSchema& state) {
  std::set<std::uint32_t> versions;
  for (const StateMigration& migration : state.migrations) {
    const std::string place = format("migration from version {}", migration.version);
    TRY_DO(check_record(migration.record).during(place));
    if (migration.version == 0 || migration.version >= state.version) {
      return invalid(format("{}: not earlier than version {} of the state", place, state.version));
    }
    if (has_text(migration.record)) {
      return invalid(format("{}: {} has text outside of itself", place, migration.record.name));
    }
    if (!versions.insert(migration.version).second) return invalid(place + " comes twice");
  }
  return Done{};
}

Status check_state(const StateSchema& state) {
  TRY_DO(check_record(state.record));
  if (state.version == 0) return invalid("the version of a state starts at 1");
  if (has_text(state.record)) {
    return invalid(format("state {} has text outside of itself", state.record.name));
  }
  if (state.initial.size() != state.record.size) {
    return invalid(format(
        "the initial state has {} bytes, its record {}", state.initial.size(), state.record.size));
  }
  return check_migrations(state);
}

Status check_window(const WindowSpec& window) {
  if (window.size <= 0 || window.size > limits::kDurationMax) {
    return invalid(
        format("window size {} ms is not between 1 and {}", window.size, limits::kDurationMax));
  }
  if (window.slide <= 0 || window.slide > window.size) {
    return invalid(
        format("window slide {} ms is not between 1 and its size {}", window.slide, window.size));
  }
  if (window.size / window.slide > limits::kWindowsPerRowMax) {
    return invalid(format("a row would be in {} windows, at most {} are allowed",
                          window.size / window.slide,
                          limits::kWindowsPerRowMax));
  }
  if (window.offset < 0 || window.offset >= window.slide) {
    return invalid(format(
        "window offset {} ms is not between 0 and its slide {}", window.offset, window.slide));
  }
  if (window.allowed_lateness < 0 || window.allowed_lateness > limits::kDurationMax) {
    return invalid(format("allowed lateness {} ms is not between 0 and {}",
                          window.allowed_lateness,
                          limits::kDurationMax));
  }
  return Done{};
}

Status check_event_time(const EventTimeSpec& event_time, const RecordSchema& record) {
  const auto field = std::ranges::find(record.fields, event_time.field_offset, &Field::offset);
  if (field == record.fields.end() || field->type != FieldType::Time || field->is_optional()) {
    return invalid(
        format("event time at byte {} is not a time field of record {} that is always "
               "there",
               event_time.field_offset,
               record.name));
  }
  if (event_time.out_of_order < 0 || event_time.out_of_order > limits::kDurationMax) {
    return invalid(format("out of order by {} ms is not between 0 and {}",
                          event_time.out_of_order,
                          limits::kDurationMax));
  }
  return Done{};
}

Status check_operator(const JobDescription& job, std::size_t index) {
  const OperatorDescription& each = job.operators[index];
  TRY_DO(check_members(each));
  if (each.output != nullptr) {
    TRY_DO(check_record(*each.output));
  }
  TRY_DO(check_inputs(job, index));
  if (each.key) {
    TRY_DO(check_key(*each.key));
  }
  if (each.state) {
    TRY_DO(check_state(*each.state));
  }
  if (each.window) {
    TRY_DO(check_window(*each.window));
  }
  if (each.event_time) {
    TRY_DO(check_event_time(*each.event_time, *each.output));
  }
  return Done{};
}

}  // namespace

bool is_name(std::string_view name) {
  return !name.empty() && name.size() <= limits::kNameBytesMax &&
         name.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789_.-") == name.npos;
}

std::string quoted(std::string_view text) {
  std::string result = "\"";
  for (const char character : text.substr(0, limits::kNameBytesMax)) {
    result += character < 0x20 || character > 0x7e ? '?' : character;
  }
  return result + '"';
}

Status check_graph(const JobDescription& job) {
  if (job.operators.empty()) return invalid("has no operators");
  if (job.operators.size() > limits::kOperatorsMax) {
    return invalid(format(
        "has {} operators, at most {} are allowed", job.operators.size(), limits::kOperatorsMax));
  }
  std::set<std::string_view> uids;
  std::vector<bool> is_used(job.operators.size());
  for (std::size_t i = 0; i < job.operators.size(); ++i) {
    const OperatorDescription& each = job.operators[i];
    if (!is_name(each.uid)) {
      return invalid(format(
          "operator {}: uid {} is not made of a-z, 0-9, _ and - and .", i, quoted(each.uid)));
    }
    if (!uids.insert(each.uid).second) {
      return invalid(format("two operators have the uid {}", each.uid));
    }
    TRY_DO(check_operator(job, i).during(format("operator {}", each.uid)));
    for (const std::size_t input : each.inputs)
      is_used[input] = true;
  }
  for (std::size_t i = 0; i < job.operators.size(); ++i) {
    if (job.operators[i].kind == OperatorKind::Sink || is_used[i]) continue;
    return invalid(format("the rows of operator {} go nowhere", job.operators[i].uid));
  }
  return Done{};
}

}  // namespace weir
