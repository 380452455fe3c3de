// What an apply would do, job by job: a value, and the pure decision that makes it.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "rollout/lock.h"
#include "rollout/state_decision.h"

namespace weir {

enum class ChangeKind : std::uint8_t {
  Nothing,     // It is as it should be.
  Parameters,  // New values while records flow.
  Swap,        // New functions at a barrier.
  Rewire,      // A new graph at a barrier.
  Restart,     // Drained, and started again from its state.
  Start,
  Stop,
};
std::string_view name_of(ChangeKind kind);
std::optional<ChangeKind> change_kind_named(std::string_view name);

// How the job gets back to what it was, should the new version be no good.
enum class WayBack : std::uint8_t {
  Forward,  // The old version goes on with the state as it is then; nothing is written twice.
  Epoch,    // Back to the epoch before the change: outputs repeat.
  None,
};
std::string_view name_of(WayBack way);
std::optional<WayBack> way_back_named(std::string_view name);

struct StateSize {
  std::uint64_t keys = 0;
  std::uint64_t bytes = 0;
  bool operator==(const StateSize&) const = default;
};

struct PlannedState {
  StateDecision decision;
  std::optional<StateSize> size = {};  // None: nobody runs who could tell.
  bool operator==(const PlannedState&) const = default;
};

struct JobChange {
  std::string job;
  std::string job_class;
  ChangeKind kind = ChangeKind::Nothing;
  std::vector<std::string> reasons = {};   // What is different, a clause each.
  std::vector<std::string> refusals = {};  // Why it cannot be done, a sentence each.
  std::string plugin;
  std::string old_version = {};  // Start: empty; Stop: the only one.
  std::string old_hash = {};
  std::string new_version = {};
  std::string new_hash = {};
  std::vector<PlannedState> states = {};
  std::chrono::milliseconds gap{0};  // Predicted: the longest time without a row.
  WayBack way_back = WayBack::Forward;
  std::string way_back_reason = {};
  bool repeats_outputs = false;  // By being carried out: its sources begin anew.
  bool operator==(const JobChange&) const = default;
};

struct RolloutPlan {
  std::uint64_t generation = 0;  // That it starts from.
  std::string jobs_hash;         // SHA-256 of jobs.toml, and of jobs.lock.
  std::string lock_hash;
  std::vector<JobChange> changes;  // One for each job, also for those without a change.
  bool operator==(const RolloutPlan&) const = default;

  bool has_work() const;
  bool is_refused() const;
};

// A job as jobs.toml asks for it, with the plugin file that was found for it.
struct WantedJob {
  LockedJob locked;             // What the lock would say.
  std::string refusal = {};     // The gate's; empty: it passes.
  bool keeps_positions = true;  // A new start goes on where the last one ended.
};

struct RunningJob {
  bool is_over = false;
  bool is_failing = false;  // Failed, or waiting for another start.
  std::string version = {};
  std::map<std::string, StateSize, std::less<>> state = {};  // By uid.
};
using RunningJobs = std::map<std::string, RunningJob, std::less<>>;

// What the host can do to a job while records flow.
struct HostAbilities {
  bool sets_parameters = false;
  bool swaps = false;
  bool rewires = false;
  bool converts_state = false;  // Reads state of another layout.
};

struct PlanRequest {
  const Lock& lock;
  const std::vector<WantedJob>& wanted;
  const std::optional<RunningJobs>& running;  // None: no host runs.
  const std::set<std::string>& kept_hashes;   // Plugin files that can be gone back to.
  std::map<std::string, std::chrono::milliseconds> measured_gaps = {};  // By job.
  HostAbilities abilities = {};
  std::function<StateDecision(const LockedState*, const LockedState*)> decide = decide_state;
};

// The changes, in the order of jobs.toml; jobs that go come last. The hashes of the files are left
// to the caller.
RolloutPlan make_rollout_plan(const PlanRequest& request);

// The lock once the plan is carried out; jobs that the plan does not name are left as they are.
Lock lock_after(const Lock& before, const std::vector<WantedJob>& wanted, const RolloutPlan& plan);

// Why nobody should apply the plan unseen, a clause each; empty: it may be applied by itself.
std::vector<std::string> doubts_about(const RolloutPlan& plan);

// What moved between the making of a plan and now, a clause each; empty: nothing.
std::vector<std::string> moved_since(const RolloutPlan& made, const RolloutPlan& now);

}  // namespace weir
