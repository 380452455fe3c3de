// `[[job]]`. Inside this folder only.
#pragma once

#include <cstddef>

#include "config/load_context.h"
#include "config/spec.h"

namespace weir {

// One job; what of it is wrong is in the context's mistakes, and then the spec is only what could
// be read.
JobSpec read_job(const TomlNode& node, std::size_t index, LoadContext& context);

}  // namespace weir
