#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "config/spec.h"
#include "plugin/description.h"

namespace weir {

// How a running job gets to other code.
enum class SwapKind : std::uint8_t {
  Nothing,     // It runs as it should.
  Parameters,  // The same code with other values, at a barrier.
  Swap,        // Other functions, at a barrier.
  Restart,     // Behind a last epoch, the job starts again from its state.
};
std::string_view name_of(SwapKind kind);

// What becomes of an operator's state.
enum class StateFate : std::uint8_t {
  AsIs,     // Every byte means the same.
  Read,     // Converted by the names of its fields when the job starts again.
  Migrate,  // Converted by a function of the new code, then.
  Begin,    // There was none: it starts empty.
};
std::string_view name_of(StateFate fate);

struct StateStep {
  std::string uid;
  StateFate fate = StateFate::AsIs;
  std::string detail = {};  // Read: "new: mood; gone: cost; wider: steps".
  bool operator==(const StateStep&) const = default;
};

struct SwapDecision {
  SwapKind kind = SwapKind::Nothing;
  std::string reason = {};             // Restart: what cannot change at a barrier, in one clause.
  std::vector<StateStep> states = {};  // Of operators that have one; sources left out.
};

// One side of a swap.
struct SwapSide {
  const JobSpec& spec;
  const JobDescription& description;
  std::string version;
  std::string build_id;
};

// Pure. Incompatible: it cannot be, in one sentence, with the operator, what was found and what is
// needed.
Result<SwapDecision> decide_swap(const SwapSide& running, const SwapSide& wanted);

}  // namespace weir
