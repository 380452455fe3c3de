#include "rollout/rollout_plan.h"

#include <algorithm>
#include <array>

#include "base/format.h"

namespace weir {
namespace {

using std::chrono::milliseconds;

constexpr std::array<std::string_view, 7> kKinds = {
    "nothing", "parameters", "swap", "rewire", "restart", "start", "stop"};
constexpr std::array<std::string_view, 3> kWays = {"forward", "epoch", "none"};

// What a change costs before one was measured.
constexpr milliseconds kFlowingGap(5);
constexpr milliseconds kRestartGap(500);
constexpr std::uint64_t kRestoredBytesPerMs = 100'000;

template <class Kind, std::size_t N>
std::optional<Kind> named(const std::array<std::string_view, N>& names, std::string_view name) {
  const auto found = std::ranges::find(names, name);
  if (found == names.end()) return std::nullopt;
  return static_cast<Kind>(found - names.begin());
}

const LockedState* find_state(const LockedJob& job, std::string_view uid) {
  const auto found = std::ranges::find(job.states, uid, &LockedState::uid);
  return found == job.states.end() ? nullptr : &*found;
}

// Of every operator that has state before or after, in the order of the new code.
std::vector<StateDecision> decide_states(const LockedJob& before,
                                         const LockedJob& after,
                                         const PlanRequest& request) {
  std::vector<StateDecision> decisions;
  for (const LockedState& state : after.states)
    decisions.push_back(request.decide(find_state(before, state.uid), &state));
  for (const LockedState& state : before.states) {
    if (!find_state(after, state.uid)) decisions.push_back(request.decide(&state, nullptr));
  }
  return decisions;
}

bool is_converted(const StateDecision& decision) {
  return decision.verdict == StateVerdict::Read || decision.verdict == StateVerdict::Migrate ||
         decision.verdict == StateVerdict::Down;
}

const RunningJob* find_running(const PlanRequest& request, std::string_view job) {
  if (!request.running) return nullptr;
  const auto found = request.running->find(job);
  return found == request.running->end() ? nullptr : &found->second;
}

bool runs(const PlanRequest& request, std::string_view job) {
  const RunningJob* running = find_running(request, job);
  return running != nullptr && !running->is_over;
}

// What has to be done to a job that goes on, by what is different about it.
ChangeKind kind_of(const LockedJob& before,
                   const LockedJob& after,
                   const HostAbilities& abilities) {
  const bool has_settings = before.settings != after.settings || before.type != after.type ||
                            before.plugin != after.plugin;
  const bool has_code = before.hash != after.hash;
  if (has_settings) return ChangeKind::Restart;
  if (has_code && before.graph != after.graph)
    return abilities.rewires ? ChangeKind::Rewire : ChangeKind::Restart;
  if (has_code) return abilities.swaps ? ChangeKind::Swap : ChangeKind::Restart;
  if (before.parameters == after.parameters) return ChangeKind::Nothing;
  return abilities.sets_parameters ? ChangeKind::Parameters : ChangeKind::Restart;
}

std::vector<std::string> differences(const LockedJob& before, const LockedJob& after) {
  std::vector<std::string> found;
  if (before.plugin != after.plugin || before.type != after.type) {
    found.push_back(
        format("job {}/{} instead of {}/{}", after.plugin, after.type, before.plugin, before.type));
  }
  if (before.hash != after.hash) {
    found.push_back(before.version == after.version
                        ? format("another file of version {}", after.version)
                        : format("code {} instead of {}", after.version, before.version));
  }
  if (before.graph != after.graph) found.emplace_back("another graph");
  if (before.settings != after.settings) found.emplace_back("settings");
  if (before.parameters != after.parameters) found.emplace_back("parameters");
  return found;
}

milliseconds predicted_gap(const JobChange& change, const PlanRequest& request) {
  if (change.kind == ChangeKind::Nothing || change.kind == ChangeKind::Start ||
      change.kind == ChangeKind::Stop)
    return milliseconds(0);
  const auto measured = request.measured_gaps.find(change.job);
  if (measured != request.measured_gaps.end()) return measured->second;
  if (change.kind != ChangeKind::Restart) return kFlowingGap;
  std::uint64_t bytes = 0;
  for (const PlannedState& state : change.states)
    bytes += state.size.value_or(StateSize{}).bytes;
  return kRestartGap + milliseconds(bytes / kRestoredBytesPerMs);
}

void plan_way_back(JobChange& change,
                   const LockedJob& before,
                   const LockedJob& after,
                   const PlanRequest& request) {
  if (!request.kept_hashes.contains(before.hash)) {
    change.way_back = WayBack::None;
    change.way_back_reason = format("no file of version {} is kept", before.version);
    return;
  }
  for (const StateDecision& back : decide_states(after, before, request)) {
    const bool is_lost = back.verdict == StateVerdict::Refuse;
    const bool needs_code = is_converted(back) && !request.abilities.converts_state;
    if (!is_lost && !needs_code) continue;
    change.way_back = WayBack::Epoch;
    change.way_back_reason = format("{}: {}", back.uid, back.reason);
    return;
  }
}

JobChange plan_going_on(const LockedJob& before,
                        const WantedJob& wanted,
                        const PlanRequest& request) {
  const LockedJob& after = wanted.locked;
  JobChange change{.job = after.name,
                   .job_class = after.job_class,
                   .kind = kind_of(before, after, request.abilities),
                   .reasons = differences(before, after),
                   .plugin = after.plugin,
                   .old_version = before.version,
                   .old_hash = before.hash,
                   .new_version = after.version,
                   .new_hash = after.hash};
  const RunningJob* running = find_running(request, after.name);
  for (StateDecision& decision : decide_states(before, after, request)) {
    PlannedState state{.decision = std::move(decision)};
    if (running != nullptr) {
      const auto size = running->state.find(state.decision.uid);
      if (size != running->state.end()) state.size = size->second;
    }
    if (state.decision.verdict == StateVerdict::Refuse) {
      change.refusals.push_back(
          format("the state of {}: {}", state.decision.uid, state.decision.reason));
    } else if (is_converted(state.decision) && !request.abilities.converts_state) {
      change.refusals.push_back(
          format("the state of {} would have to be converted, which this host cannot do yet",
                 state.decision.uid));
    }
    change.states.push_back(std::move(state));
  }
  if (change.kind == ChangeKind::Nothing && request.running && !runs(request, after.name)) {
    change.kind = ChangeKind::Start;
    change.reasons.emplace_back("does not run");
  }
  const bool is_other = runs(request, after.name) && running->version != after.version;
  if (change.kind == ChangeKind::Nothing && is_other) {
    change.kind = request.abilities.swaps ? ChangeKind::Swap : ChangeKind::Restart;
    change.reasons.push_back(format("runs {}", running->version));
  }
  if (change.kind == ChangeKind::Nothing) return change;
  if (!wanted.refusal.empty()) change.refusals.push_back(wanted.refusal);
  change.gap = predicted_gap(change, request);
  change.repeats_outputs = change.kind == ChangeKind::Restart && !wanted.keeps_positions;
  plan_way_back(change, before, after, request);
  return change;
}

JobChange plan_start(const WantedJob& wanted, const PlanRequest& request) {
  const bool is_running = runs(request, wanted.locked.name);
  JobChange change{.job = wanted.locked.name,
                   .job_class = wanted.locked.job_class,
                   .kind = is_running ? ChangeKind::Restart : ChangeKind::Start,
                   .reasons = {is_running ? "runs, and jobs.lock does not know it" : "is new"},
                   .plugin = wanted.locked.plugin,
                   .new_version = wanted.locked.version,
                   .new_hash = wanted.locked.hash};
  if (!wanted.refusal.empty()) change.refusals.push_back(wanted.refusal);
  for (const LockedState& state : wanted.locked.states)
    change.states.push_back({.decision = {state.uid, StateVerdict::Begin}});
  if (is_running) {
    change.gap = predicted_gap(change, request);
    change.repeats_outputs = !wanted.keeps_positions;
    change.way_back = WayBack::None;
    change.way_back_reason = "nothing says what it was";
  }
  return change;
}

JobChange plan_stop(const LockedJob& before) {
  return {.job = before.name,
          .job_class = before.job_class,
          .kind = ChangeKind::Stop,
          .reasons = {"is gone from jobs.toml"},
          .plugin = before.plugin,
          .old_version = before.version,
          .old_hash = before.hash};
}

const WantedJob* find_wanted(const std::vector<WantedJob>& wanted, std::string_view job) {
  const auto found =
      std::ranges::find_if(wanted, [&](const WantedJob& each) { return each.locked.name == job; });
  return found == wanted.end() ? nullptr : &*found;
}

const JobChange* find_change(const RolloutPlan& plan, std::string_view job) {
  const auto found = std::ranges::find(plan.changes, job, &JobChange::job);
  return found == plan.changes.end() ? nullptr : &*found;
}

}  // namespace

std::string_view name_of(ChangeKind kind) {
  return kKinds.at(static_cast<std::size_t>(kind));
}

std::optional<ChangeKind> change_kind_named(std::string_view name) {
  return named<ChangeKind>(kKinds, name);
}

std::string_view name_of(WayBack way) {
  return kWays.at(static_cast<std::size_t>(way));
}

std::optional<WayBack> way_back_named(std::string_view name) {
  return named<WayBack>(kWays, name);
}

bool RolloutPlan::has_work() const {
  return std::ranges::any_of(
      changes, [](const JobChange& change) { return change.kind != ChangeKind::Nothing; });
}

bool RolloutPlan::is_refused() const {
  return std::ranges::any_of(changes,
                             [](const JobChange& change) { return !change.refusals.empty(); });
}

RolloutPlan make_rollout_plan(const PlanRequest& request) {
  RolloutPlan plan;
  plan.generation = request.lock.generation;
  for (const WantedJob& wanted : request.wanted) {
    const LockedJob* before = request.lock.find(wanted.locked.name);
    plan.changes.push_back(before ? plan_going_on(*before, wanted, request)
                                  : plan_start(wanted, request));
  }
  for (const LockedJob& before : request.lock.jobs) {
    if (!find_wanted(request.wanted, before.name)) plan.changes.push_back(plan_stop(before));
  }
  return plan;
}

Lock lock_after(const Lock& before, const std::vector<WantedJob>& wanted, const RolloutPlan& plan) {
  Lock after{.generation = before.generation + 1, .jobs = {}};
  for (const WantedJob& each : wanted) {
    const LockedJob* held = before.find(each.locked.name);
    if (find_change(plan, each.locked.name)) {
      after.jobs.push_back(each.locked);
    } else if (held) {
      after.jobs.push_back(*held);
    }
  }
  for (const LockedJob& held : before.jobs) {
    const bool is_left = !find_wanted(wanted, held.name) && !find_change(plan, held.name);
    if (is_left) after.jobs.push_back(held);
  }
  return after;
}

std::vector<std::string> doubts_about(const RolloutPlan& plan) {
  std::vector<std::string> doubts;
  for (const JobChange& change : plan.changes) {
    for (const std::string& refusal : change.refusals)
      doubts.push_back(format("{}: {}", change.job, refusal));
    if (change.repeats_outputs) doubts.push_back(format("{}: outputs would repeat", change.job));
    if (change.way_back == WayBack::None) {
      doubts.push_back(format("{}: no way back: {}", change.job, change.way_back_reason));
    } else if (change.way_back == WayBack::Epoch) {
      doubts.push_back(format("{}: outputs would repeat on the way back", change.job));
    }
  }
  return doubts;
}

std::vector<std::string> moved_since(const RolloutPlan& made, const RolloutPlan& now) {
  std::vector<std::string> moved;
  if (made.generation != now.generation) {
    moved.push_back(
        format("the generation is {}, the plan is from {}", now.generation, made.generation));
  }
  if (made.jobs_hash != now.jobs_hash) moved.emplace_back("jobs.toml has another text");
  if (made.lock_hash != now.lock_hash) moved.emplace_back("jobs.lock has another text");
  for (const JobChange& planned : made.changes) {
    const JobChange* change = find_change(now, planned.job);
    if (!change) {
      moved.push_back(format("{} is gone", planned.job));
    } else if (change->new_hash != planned.new_hash) {
      moved.push_back(format("{}: plugin {} is another file", planned.job, planned.plugin));
    } else if (change->old_hash != planned.old_hash) {
      moved.push_back(format("{}: it ran another file", planned.job));
    } else if (change->kind != planned.kind) {
      moved.push_back(format(
          "{}: {} instead of {}", planned.job, name_of(change->kind), name_of(planned.kind)));
    }
  }
  for (const JobChange& change : now.changes) {
    if (!find_change(made, change.job)) moved.push_back(format("{} is new", change.job));
  }
  return moved;
}

}  // namespace weir
