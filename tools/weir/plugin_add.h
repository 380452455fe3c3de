#pragma once

#include "arguments.h"
#include "console.h"
#include "exit_code.h"

namespace weir {

// weir plugin add FILE…: through the gate into the store.
ExitCode add_plugins(const Arguments& arguments, Console& console);

}  // namespace weir
