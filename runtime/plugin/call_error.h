// Errors on their way from a plugin.
#pragma once

#include <weir/abi.h>

#include "base/error.h"

namespace weir {

// What a call that may fail is given.
weir_error fresh_call_error();

// What the plugin put into it, its message bounded and printable.
Error error_of(const weir_error& error);

}  // namespace weir
