// 1.1: Media, Channel and Courseware start together, so only the slowest of them makes entering
// slow. Logic only: the state and the label are those of 1.0.
#pragma once

#include <algorithm>

#include "first.h"

namespace classroom_versions {

struct Rules1_1 : Rules1_0 {
  static constexpr const char* kName = "1.1";

  static classroom::EnterVerdict judge(const Attempt& attempt, std::int64_t slow_enter_ms) {
    classroom::EnterVerdict verdict = classroom::judge(attempt, slow_enter_ms);
    if (verdict.label == EnterOutcome::Slow && elapsed_ms(attempt.costs) <= slow_enter_ms) {
      verdict.label = EnterOutcome::Entered;
    }
    return verdict;
  }

  static std::int64_t elapsed_ms(const classroom::StepCosts& costs) {
    return std::int64_t{costs.none} + costs.sdk + costs.gateway +
           std::max({costs.media, costs.channel, costs.courseware});
  }
};

}  // namespace classroom_versions
