#include "job/swap_status.h"

namespace weir {

std::string_view name_of(SwapPhase phase) {
  switch (phase) {
    case SwapPhase::Constructing: return "constructing";
    case SwapPhase::Waiting: return "waiting";
    case SwapPhase::Flipping: return "flipping";
    case SwapPhase::Committing: return "committing";
    case SwapPhase::Finishing: return "finishing";
    case SwapPhase::Starting: return "starting";
    case SwapPhase::Probation: return "probation";
    case SwapPhase::Over: return "done";
    case SwapPhase::Failed: return "failed";
  }
  return "";
}

bool is_over(SwapPhase phase) {
  return phase == SwapPhase::Over || phase == SwapPhase::Failed;
}

}  // namespace weir
