#include "job/state_forms.h"

#include <algorithm>

#include "base/format.h"

namespace weir {
namespace {

std::string text_of(const WindowSpec& window) {
  return format("{} ms every {} ms from {} ms on", window.size, window.slide, window.offset);
}

// Lateness is not part of how time is cut.
bool is_cut_alike(const WindowSpec& left, const WindowSpec& right) {
  return left.size == right.size && left.slide == right.slide && left.offset == right.offset;
}

// By version; where nobody noted one, by what the records look like. Of versions that are the same
// there is none.
Result<std::optional<std::size_t>> find_migration(const StateForm& found,
                                                  const StateForm& needed,
                                                  std::span<const StateMigration> migrations) {
  if (found.kind != StateForm::Kind::Aggregate || found.version == needed.version) {
    return std::nullopt;
  }
  const RecordSchema& record = *found.records.front();
  const auto takes = [&](const StateMigration& migration) {
    return found.version == 0 ? has_same_layout(migration.record, record)
                              : migration.version == found.version;
  };
  const auto known = std::ranges::find_if(migrations, takes);
  if (known == migrations.end()) return std::nullopt;
  if (!has_same_layout(known->record, record)) {
    return Error(ErrorKind::Incompatible,
                 format("its accumulator {} of version {} has other fields than what the plugin "
                        "migrates from that version",
                        record.name,
                        found.version));
  }
  return static_cast<std::size_t>(known - migrations.begin());
}

// The rows of an operator that has windows come keyed: by the nearest key_by in front of it.
KeySchema key_of(const JobDescription& job, const OperatorDescription& stateful) {
  const OperatorDescription* before = &stateful;
  while (!before->key && !before->inputs.empty())
    before = &job.operators[before->inputs.front()];
  return before->key.value_or(KeySchema{});
}

}  // namespace

std::optional<StateForm> state_form_of(const JobDescription& job,
                                       const OperatorDescription& stateful) {
  if (stateful.kind == OperatorKind::Source) return StateForm{.kind = StateForm::Kind::Splits};
  if (!stateful.window) return std::nullopt;
  StateForm form{.key = key_of(job, stateful), .window = *stateful.window};
  if (stateful.kind == OperatorKind::WindowAggregate && stateful.state) {
    form.kind = StateForm::Kind::Aggregate;
    form.version = stateful.state->version;
    form.records.push_back(std::make_shared<const RecordSchema>(stateful.state->record));
    return form;
  }
  form.kind = StateForm::Kind::Rows;
  for (const std::size_t input : stateful.inputs)
    form.records.push_back(job.operators[input].output);
  return form;
}

Result<FormChange> change_of_form(const StateForm& found,
                                  const StateForm& needed,
                                  std::span<const StateMigration> migrations) {
  if (found.kind != needed.kind || found.records.size() != needed.records.size()) {
    return Error(ErrorKind::Incompatible, "it kept rows or accumulators, and now the other");
  }
  if (!std::ranges::equal(
          found.key.fields, needed.key.fields, {}, &KeyField::type, &KeyField::type)) {
    return Error(ErrorKind::Incompatible, "its state is by keys of other types");
  }
  if (!is_cut_alike(found.window, needed.window)) {
    return Error(ErrorKind::Incompatible,
                 format("its state is of windows of {}, and open ones cannot be cut into {}",
                        text_of(found.window),
                        text_of(needed.window)));
  }
  FormChange change;
  for (std::size_t i = 0; i < found.records.size(); ++i) {
    const RecordSchema& from = *found.records[i];
    const RecordSchema& to = *needed.records[i];
    TRY(change.emplace_back().migration, find_migration(found, needed, migrations));
    if (change.back().migration || has_same_layout(from, to)) continue;
    if (found.version != 0 && found.version == needed.version) {
      return Error(ErrorKind::Incompatible,
                   format("its accumulator {} is another one under the same version {}: the "
                          "version must change with the fields",
                          to.name,
                          needed.version));
    }
    TRY(change.back().conversion, RecordConversion::make(from, to));
  }
  return change;
}

}  // namespace weir
