// A plan as JSON: what `weir plan --json` prints, what a plan file holds.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "rollout/rollout_plan.h"

namespace weir {

std::string encode_plan(const RolloutPlan& plan);

// Corrupt: it is no plan; Incompatible: of another program's format.
Result<RolloutPlan> decode_plan(std::string_view text);

}  // namespace weir
