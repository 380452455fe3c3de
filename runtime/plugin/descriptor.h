// Reads the tables of a loaded plugin.
#pragma once

#include <weir/abi.h>

#include "base/result.h"
#include "plugin/description.h"

namespace weir {

// What `table` says, copied. Finds what is wrong with the shape of the tables (pointers that are
// missing, counts and sizes past their limits); whether it makes sense is for check_description().
Result<PluginDescription> read_descriptor(const weir_plugin& table);

}  // namespace weir
