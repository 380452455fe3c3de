// weir rollback: back to a generation.
#include <charconv>
#include <ostream>

#include "base/format.h"
#include "rollout/history.h"
#include "rollout_session.h"
#include "subcommand.h"

namespace weir {
namespace {

// The generation before the one that runs; nothing: there was none.
std::optional<std::uint64_t> one_before(const RolloutFolder& folder, const Lock& lock) {
  const auto entries = read_history(folder);
  if (!entries) return std::nullopt;
  for (const HistoryEntry& entry : *entries) {
    const bool is_it = entry.generation == lock.generation && !entry.is_undone && entry.from > 0;
    if (is_it) return entry.from;
  }
  return std::nullopt;
}

std::optional<std::uint64_t> number_in(const std::string& text) {
  std::uint64_t number = 0;
  const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (problem != std::errc() || end != text.data() + text.size() || number == 0) {
    return std::nullopt;
  }
  return number;
}

ExitCode run(const Arguments& arguments, Console& console) {
  std::optional<std::uint64_t> wanted;
  if (!arguments.positional.empty()) {
    wanted = number_in(arguments.positional.front());
    if (!wanted) {
      console.error << format("weir: rollback: a generation is a number from 1 on, not {}\n",
                              arguments.positional.front());
      return ExitCode::Usage;
    }
  }
  RolloutSession session("rollback", arguments, console);
  const auto hold = session.begin();
  if (!hold) return ExitCode::Unavailable;
  const auto lock = session.lock();
  if (!lock) return ExitCode::Refused;
  if (!wanted) wanted = one_before(session.folder(), *lock);
  if (!wanted) return session.refuse("there is no generation before this one");
  const auto generation = session.folder().read(*wanted);
  if (!generation) return session.fail(generation.error());
  const auto made = session.plan_text_of(generation->jobs_text, &generation->lock);
  if (!made) return ExitCode::Refused;
  for (const WantedJob& job : made->wanted) {
    const LockedJob* held = generation->lock.find(job.locked.name);
    if (held != nullptr && held->hash == job.locked.hash) continue;
    return session.refuse(
        format("{}: the plugin file of generation {} is not kept", job.locked.name, *wanted));
  }
  return session.carry_out(*made, format("rollback to {}", *wanted), true);
}

}  // namespace

Subcommand rollback_subcommand() {
  return {"rollback",
          "[GENERATION] [--from FILE]",
          "go back to what an earlier apply made",
          R"(Brings every job to the code, parameters and settings of GENERATION (the one before,
when none is given; weir history lists them), as an apply does: with the state as it is now, or not
at all. jobs.toml and jobs.lock become those of that generation, under a new number.

Examples:
  weir rollback
  weir rollback 5
)",
          {rollout_options(), 0, 1},
          run};
}

}  // namespace weir
