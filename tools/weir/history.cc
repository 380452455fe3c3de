// weir history: what was applied.
#include "rollout/history.h"

#include <algorithm>
#include <ostream>

#include "base/format.h"
#include "host/time_text.h"
#include "rollout_session.h"
#include "subcommand.h"
#include "text_table.h"

namespace weir {
namespace {

std::string longest_gap(const HistoryEntry& entry) {
  std::chrono::milliseconds longest{0};
  for (const HistoryStep& step : entry.steps)
    longest = std::max(longest, step.gap);
  return longest.count() > 0 ? format("{} ms", longest.count()) : "-";
}

std::string jobs_text(const HistoryEntry& entry) {
  constexpr std::size_t kShownMax = 3;
  std::string text;
  for (std::size_t i = 0; i < entry.steps.size() && i < kShownMax; ++i) {
    const HistoryStep& step = entry.steps[i];
    text += format("{}{} {}", text.empty() ? "" : ", ", step.job, name_of(step.kind));
  }
  if (entry.steps.size() > kShownMax) text += format(", … {} jobs", entry.steps.size());
  return text;
}

ExitCode run(const Arguments& arguments, Console& console) {
  const RolloutSession session("history", arguments, console);
  const auto entries = read_history(session.folder());
  if (!entries) return session.fail(entries.error());
  if (arguments.has("json")) {
    for (const HistoryEntry& entry : *entries)
      console.out << encode_entry(entry);
    return ExitCode::Success;
  }
  TextTable table({Align::Right,
                   Align::Left,
                   Align::Left,
                   Align::Left,
                   Align::Left,
                   Align::Right,
                   Align::Left});
  for (const HistoryEntry& entry : *entries) {
    table.add({std::to_string(entry.generation),
               time_text(entry.ended),
               entry.who,
               entry.what,
               entry.is_undone ? "undone: " + entry.cause : "applied",
               longest_gap(entry),
               jobs_text(entry)});
  }
  console.out << table.text();
  return ExitCode::Success;
}

}  // namespace

Subcommand history_subcommand() {
  return {"history",
          "[--from FILE] [--json]",
          "show what was applied, when and by whom",
          R"(A line for each apply, the oldest first: generation, when it ended, who, what, how it
went, the longest gap that was measured, the jobs. --json prints every job with its versions and its
gap.

Examples:
  weir history
  weir history --json | jq -r '.steps[] | [.job, .gap_ms] | @tsv'
)",
          {rollout_options(), 0, 0},
          run};
}

}  // namespace weir
