#include "rollout/apply.h"

#include <algorithm>
#include <ranges>
#include <utility>

#include "base/crash_point.h"
#include "base/format.h"
#include "rollout/durable_file.h"
#include "rollout/journal.h"

namespace weir {
namespace {

using std::chrono::milliseconds;

// One step, towards `lock`: the job runs as its generation says, or stops where it has none. What
// ran before the first generation was in no lock.
Result<milliseconds> move_job(RolloutHost& host, const Lock& lock, const HistoryStep& step) {
  const bool ran_before = lock.generation == 0 && step.kind != ChangeKind::Start;
  if (lock.find(step.job) || ran_before) return host.bring(step.job, lock.generation, step.kind);
  TRY_DO(host.stop(step.job));
  return milliseconds(0);
}

Status go_forward(const ApplyParts& parts, Journal& journal, const Lock& next) {
  for (HistoryStep& step : journal.entry.steps) {
    if (step.is_carried_out) continue;
    if (parts.host != nullptr) {
      auto gap = move_job(*parts.host, next, step);
      if (!gap && gap.error().kind() == ErrorKind::Unavailable) return std::move(gap).error();
      step.is_carried_out = true;
      if (!gap) {
        journal.entry.is_undone = true;
        journal.entry.cause = format("{}: {}", step.job, gap.error().message());
        TRY_DO(write_journal(parts.folder, journal));
        WEIR_CRASH_POINT("rollout.turned-back");
        return Done{};
      }
      step.gap = *gap;
    }
    WEIR_CRASH_POINT("rollout.carried-out");
    step.is_carried_out = true;
    TRY_DO(write_journal(parts.folder, journal));
    WEIR_CRASH_POINT("rollout.step-journalled");
  }
  return Done{};
}

// Without a host there is nothing to undo: the lock was not switched.
Status go_back(const ApplyParts& parts, Journal& journal, const Lock& before) {
  for (HistoryStep& step : std::views::reverse(journal.entry.steps)) {
    if (!step.is_carried_out) continue;
    if (parts.host != nullptr) {
      const auto back = move_job(*parts.host, before, step);
      if (!back && back.error().kind() == ErrorKind::Unavailable) return back.error();
      if (!back) {
        journal.entry.cause += format("; back: {}: {}", step.job, back.error().message());
      }
    }
    WEIR_CRASH_POINT("rollout.undone");
    step.is_carried_out = false;
    TRY_DO(write_journal(parts.folder, journal));
  }
  return Done{};
}

Status switch_files(const ApplyParts& parts, const Journal& journal, const Generation& next) {
  TRY_DO(write_durably(lock_path_of(parts.jobs_file), encode_lock(next.lock)));
  WEIR_CRASH_POINT("rollout.lock-switched");
  if (journal.rewrites_jobs) TRY_DO(write_durably(parts.jobs_file, next.jobs_text));
  WEIR_CRASH_POINT("rollout.jobs-written");
  return Done{};
}

Result<HistoryEntry> carry_on(const ApplyParts& parts, Journal journal) {
  TRY(const Generation next, parts.folder.read(journal.entry.generation));
  if (!journal.entry.is_undone) TRY_DO(go_forward(parts, journal, next.lock));
  if (journal.entry.is_undone) {
    Generation before;  // Of generation 0: empty.
    if (journal.entry.from > 0) {
      TRY(before, parts.folder.read(journal.entry.from));
    }
    TRY_DO(go_back(parts, journal, before.lock));
  } else {
    TRY_DO(switch_files(parts, journal, next));
  }
  journal.entry.ended = parts.clock.wall_now();
  TRY_DO(add_to_history(parts.folder, journal.entry));
  WEIR_CRASH_POINT("rollout.history-written");
  TRY_DO(remove_durably(parts.folder.journal()));
  return std::move(journal.entry);
}

}  // namespace

Result<HistoryEntry> apply_plan(const ApplyParts& parts, const ApplyRequest& request) {
  Journal journal{.entry = {.from = request.plan.generation,
                            .generation = request.next.lock.generation,
                            .began = parts.clock.wall_now(),
                            .who = request.who,
                            .what = request.what},
                  .rewrites_jobs = request.rewrites_jobs};
  for (const JobChange& change : request.plan.changes) {
    if (change.kind == ChangeKind::Nothing) continue;
    journal.entry.steps.push_back({.job = change.job,
                                   .kind = change.kind,
                                   .old_version = change.old_version,
                                   .new_version = change.new_version});
  }
  TRY_DO(parts.folder.write(request.next).during("keep the generation"));
  WEIR_CRASH_POINT("rollout.generation-kept");
  TRY_DO(write_journal(parts.folder, journal));
  WEIR_CRASH_POINT("rollout.journalled");
  return carry_on(parts, std::move(journal));
}

Result<std::optional<HistoryEntry>> finish_apply(const ApplyParts& parts) {
  TRY(auto journal, read_journal(parts.folder));
  if (!journal) return std::optional<HistoryEntry>();
  TRY(HistoryEntry entry, carry_on(parts, *std::move(journal)));
  return std::optional<HistoryEntry>(std::move(entry));
}

}  // namespace weir
