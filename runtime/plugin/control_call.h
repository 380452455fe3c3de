// Keeps the promise of weir/abi.h about the functions tagged [control].
#pragma once

#include <variant>

#include "base/guarded.h"

namespace weir {

// One lock for all plugins: the calls are short and rare. Not in the template, of which each kind
// of call has a copy. Never destroyed: libraries may go later.
inline Guarded<std::monostate>& control_lock() {
  static auto& lock = *new Guarded<std::monostate>;
  return lock;
}

// Makes a call into a plugin tagged [control], and returns what it returns. Jobs are opened and
// closed on threads of their own, but those calls never overlap. Not within another one.
template <class Call>
auto control_call(Call call) {
  return control_lock().with([&](std::monostate&) { return call(); });
}

}  // namespace weir
