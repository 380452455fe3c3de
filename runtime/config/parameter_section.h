// `params` of a job. Inside this folder only.
#pragma once

#include <vector>

#include "config/load_context.h"
#include "plugin/description.h"

namespace weir {

// One value for each parameter, in their order, with the default where the job says nothing.
std::vector<ParameterValue> read_parameters(TableReader& job,
                                            const std::vector<Parameter>& parameters,
                                            LoadContext& context);

}  // namespace weir
