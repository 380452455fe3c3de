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

Result<FormChange> change_of_form(const StateForm& found, const StateForm& needed) {
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
    change.emplace_back();
    if (has_same_layout(from, to)) continue;
    if (found.version != 0 && found.version == needed.version) {
      return Error(ErrorKind::Incompatible,
                   format("its accumulator {} is another one under the same version {}: the "
                          "version must change with the fields",
                          to.name,
                          needed.version));
    }
    TRY(change.back(), RecordConversion::make(from, to));
  }
  return change;
}

}  // namespace weir
