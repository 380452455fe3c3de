// Carries a plan out, so that a death at any instruction leaves what the next start can finish:
//
//   keep the generation → journal → each job, journalled → jobs.lock → jobs.toml → history → forget
//
// A job that does not come up turns the whole apply back. Whoever dies leaves the journal; the next
// apply, or the next start of the host, goes on from it.
#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>

#include "base/clock.h"
#include "base/result.h"
#include "rollout/history.h"
#include "rollout/rollout_folder.h"
#include "rollout/rollout_plan.h"

namespace weir {

// The host that runs the jobs. Each call waits until it is so, and may be repeated.
class RolloutHost {
 public:
  virtual ~RolloutHost() = default;

  // Lets a job run as a generation says, which is kept (0: as the host was started); the gap that
  // was measured. Unavailable: the host does not answer, and nothing is known. Anything else: the
  // job did not come up.
  virtual Result<std::chrono::milliseconds> bring(const std::string& job,
                                                  std::uint64_t generation,
                                                  ChangeKind kind) = 0;
  // The same for a job that is to stop; one that is not there is fine.
  virtual Status stop(const std::string& job) = 0;
};

struct ApplyParts {
  const RolloutFolder& folder;
  std::filesystem::path jobs_file;  // jobs.toml; jobs.lock lies beside it.
  RolloutHost* host;                // Null: none runs, the next one starts by the lock.
  const Clock& clock;
};

struct ApplyRequest {
  RolloutPlan plan;  // Checked: not refused, not stale.
  Generation next;   // What it leads to; all its plugin files are kept.
  std::string who = {};
  std::string what = {};
  bool rewrites_jobs = false;  // jobs.toml is to become that of `next`.
};

// The caller holds a RolloutHold and has called finish_apply. The entry says whether it was undone.
// An error means that the journal stays, for the next to go on.
Result<HistoryEntry> apply_plan(const ApplyParts& parts, const ApplyRequest& request);

// Finishes or undoes what a death left; nothing: there was none. The same holds.
Result<std::optional<HistoryEntry>> finish_apply(const ApplyParts& parts);

}  // namespace weir
