// What becomes of an operator's state when its job gets new code: from what both say alone.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "rollout/lock.h"

namespace weir {

enum class StateVerdict : std::uint8_t {
  AsIs,     // Every byte means the same.
  Read,     // Converted by the names of its fields.
  Migrate,  // Converted by functions of the plugin.
  Down,     // Converted by name to an older version.
  Begin,    // There was none: it starts empty.
  Refuse,   // It cannot be taken over.
};
// "as is", "read", …; of Refuse "refuse".
std::string_view name_of(StateVerdict verdict);
std::optional<StateVerdict> state_verdict_named(std::string_view name);

struct StateDecision {
  std::string uid;
  StateVerdict verdict = StateVerdict::AsIs;
  std::string reason = {};  // One clause; empty when it says nothing that the verdict does not.
  bool operator==(const StateDecision&) const = default;
};

// `before` or `after` may be null, not both: the operator is new, or gone. An operator that is gone
// is refused: its state would be lost.
StateDecision decide_state(const LockedState* before, const LockedState* after);

}  // namespace weir
