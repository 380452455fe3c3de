// Keeps the promise of weir/abi.h about the functions tagged [control].
#pragma once

#include <variant>

#include "base/guarded.h"

namespace weir {

// Makes a call into a plugin tagged [control], and returns what it returns. Jobs are opened and
// closed on threads of their own, but those calls never overlap. One lock for all plugins: the
// calls are short and rare.
template <class Call>
auto control_call(Call call) {
  static Guarded<std::monostate> plugins;
  return plugins.with([&](std::monostate&) { return call(); });
}

}  // namespace weir
