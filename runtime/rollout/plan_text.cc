#include "rollout/plan_text.h"

#include "base/format.h"

namespace weir {
namespace {

std::string versions(const JobChange& change) {
  if (change.kind == ChangeKind::Stop) return change.old_version;
  if (change.old_version.empty() || change.old_hash == change.new_hash) return change.new_version;
  return format("{} → {}", change.old_version, change.new_version);
}

std::string joined(const std::vector<std::string>& texts) {
  std::string all;
  for (const std::string& text : texts)
    all += (all.empty() ? "" : ", ") + text;
  return all;
}

std::string state_line(const PlannedState& state) {
  std::string line = format("  state {}: {}", state.decision.uid, name_of(state.decision.verdict));
  if (!state.decision.reason.empty()) line += format(" ({})", state.decision.reason);
  if (state.size) line += format(", {} keys, {} bytes", state.size->keys, state.size->bytes);
  return line + '\n';
}

std::string way_back_line(const JobChange& change) {
  const std::string because =
      change.way_back_reason.empty() ? "" : format(" ({})", change.way_back_reason);
  switch (change.way_back) {
    case WayBack::Forward: return "  way back: the old version goes on, no output repeats\n";
    case WayBack::Epoch: return format("  way back: the epoch before, outputs repeat{}\n", because);
    case WayBack::None: break;
  }
  return format("  way back: none{}\n", because);
}

std::string change_text(const JobChange& change) {
  std::string text = format("{}: {}  {} {}  ({})\n",
                            change.job,
                            name_of(change.kind),
                            change.plugin,
                            versions(change),
                            joined(change.reasons));
  for (const std::string& refusal : change.refusals)
    text += format("  refused: {}\n", refusal);
  for (const PlannedState& state : change.states)
    text += state_line(state);
  if (change.repeats_outputs) text += "  outputs repeat: its sources begin anew\n";
  const bool goes_on = change.kind != ChangeKind::Start && change.kind != ChangeKind::Stop;
  if (goes_on) text += format("  gap: about {} ms\n", change.gap.count()) + way_back_line(change);
  return text;
}

std::string count_text(std::size_t count) {
  return format("{} job{}", count, count == 1 ? "" : "s");
}

}  // namespace

std::string plan_text(const RolloutPlan& plan) {
  std::string text;
  std::size_t changed = 0;
  for (const JobChange& change : plan.changes) {
    if (change.kind == ChangeKind::Nothing) continue;
    ++changed;
    text += change_text(change);
  }
  const std::size_t same = plan.changes.size() - changed;
  if (changed == 0) return format("nothing to do: {} as in jobs.lock\n", count_text(same));
  text += format("{} to change, {} unchanged, from generation {}\n",
                 count_text(changed),
                 same,
                 plan.generation);
  return text;
}

}  // namespace weir
