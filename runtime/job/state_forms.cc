#include "job/state_forms.h"

namespace weir {
namespace {

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
    form.records.push_back(std::make_shared<const RecordSchema>(stateful.state->record));
    return form;
  }
  form.kind = StateForm::Kind::Rows;
  for (const std::size_t input : stateful.inputs)
    form.records.push_back(job.operators[input].output);
  return form;
}

}  // namespace weir
