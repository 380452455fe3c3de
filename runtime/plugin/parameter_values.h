// Values of parameters on their way to a plugin.
#pragma once

#include <span>
#include <vector>

#include <weir/abi.h>

#include "base/result.h"
#include "plugin/description.h"

namespace weir {

// The tables for `values`, whose text they point to. Invalid when there is not one value of the
// right type for each parameter.
Result<std::vector<weir_value>> value_tables(std::span<const Parameter> parameters,
                                             std::span<const ParameterValue> values);

}  // namespace weir
