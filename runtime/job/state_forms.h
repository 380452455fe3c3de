#pragma once

#include <optional>
#include <vector>

#include "base/result.h"
#include "checkpoint/state_form.h"
#include "plugin/description.h"
#include "state/record_conversion.h"

namespace weir {

// What the durable entries of an operator of this job look like; none: it has none.
std::optional<StateForm> state_form_of(const JobDescription& job,
                                       const OperatorDescription& stateful);

// For each record of a form, how it becomes that of another form; none: it is the same.
using FormChange = std::vector<std::optional<RecordConversion>>;

// Incompatible: what is kept in the form `found` cannot be read as `needed`; the message says why.
Result<FormChange> change_of_form(const StateForm& found, const StateForm& needed);

}  // namespace weir
