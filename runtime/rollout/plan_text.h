#pragma once

#include <string>

#include "rollout/rollout_plan.h"

namespace weir {

// A plan for people: what changes, a paragraph a job, and what does not, in a line.
std::string plan_text(const RolloutPlan& plan);

}  // namespace weir
