#pragma once

#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "base/clock.h"
#include "base/gap_meter.h"
#include "job/job_code.h"
#include "job/probation.h"
#include "job/swap_status.h"

namespace weir {

// What a job is asked to become.
struct SwapRequest {
  JobSpec spec;  // Of the same name.
  std::shared_ptr<const JobCode> code;
  std::chrono::nanoseconds load{0};  // How long it took to load.
  ProbationLimits probation = {};
  // Called once, on the control thread, when the swap is over; may be empty.
  std::function<void(Result<SwapStatus>)> answer = {};
};

// A swap of one job, from the question to the end, and what is known of it later. Owned by the job;
// control thread.
struct JobSwap {
  JobSwap(SwapRequest asked, SwapDecision made, SwapStatus begun, MonotonicTime now)
      : request(std::move(asked)),
        decision(std::move(made)),
        status(std::move(begun)),
        since(now) {}

  bool is_over() const { return weir::is_over(status.phase); }
  bool is_in(SwapPhase phase) const { return status.phase == phase; }
  bool is_restart() const { return decision.kind == SwapKind::Restart; }
  // How long the phase took that ends now.
  std::chrono::nanoseconds enter(SwapPhase next, MonotonicTime now);

  SwapRequest request;
  SwapDecision decision;
  SwapStatus status;
  MonotonicTime since;  // It is in its phase.

  JobCounts earlier = {};  // Of the code before: some time ago, …
  JobCounts before = {};   // … and when the swap was asked for.
  std::optional<Probation> probation = std::nullopt;

  // What the job was before; set when it has become the other.
  JobSpec old_spec = {};
  std::shared_ptr<const JobCode> old_code = nullptr;
  bool must_go_back = false;  // Once nobody uses the run any more.

  std::map<std::string, GapMeter::Reading> gaps;  // Restart: of the run before, by port.
};

}  // namespace weir
