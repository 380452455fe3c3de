#pragma once

#include <optional>

#include "checkpoint/state_form.h"
#include "plugin/description.h"

namespace weir {

// What the durable entries of an operator of this job look like; none: it has none.
std::optional<StateForm> state_form_of(const JobDescription& job,
                                       const OperatorDescription& stateful);

}  // namespace weir
