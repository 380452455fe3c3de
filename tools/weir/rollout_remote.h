// The running host, as a rollout needs it.
#pragma once

#include <chrono>
#include <optional>
#include <string>

#include "base/clock.h"
#include "base/result.h"
#include "rollout/apply.h"

namespace weir {

// Nothing: no host answers there; an empty address is nowhere. Of every job, when `with_state`,
// what state it holds.
Result<std::optional<RunningJobs>> ask_running(const std::string& address, bool with_state);

// Talks to the host over HTTP.
class RemoteRollout final : public RolloutHost {
 public:
  RemoteRollout(std::string address, const Clock& clock)
      : address_(std::move(address)), clock_(clock) {}

  Result<std::chrono::milliseconds> bring(const std::string& job,
                                          std::uint64_t generation,
                                          ChangeKind kind) override;
  Status stop(const std::string& job) override;

 private:
  Result<std::chrono::milliseconds> change(const std::string& target);

  const std::string address_;
  const Clock& clock_;
};

}  // namespace weir
