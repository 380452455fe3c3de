// weir diff: what two generations have different.
#include <charconv>
#include <ostream>

#include "base/format.h"
#include "rollout/plan_json.h"
#include "rollout/plan_text.h"
#include "rollout_session.h"
#include "subcommand.h"

namespace weir {
namespace {

std::optional<Lock> read_generation(const std::string& text, const RolloutSession& session) {
  std::uint64_t number = 0;
  const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (problem != std::errc() || end != text.data() + text.size()) {
    session.refuse(format("a generation is a number, not {}", text));
    return std::nullopt;
  }
  auto generation = session.folder().read(number);
  if (!generation) return session.fail(generation.error()), std::nullopt;
  return std::move(generation->lock);
}

ExitCode run(const Arguments& arguments, Console& console) {
  const RolloutSession session("diff", arguments, console);
  const auto before = read_generation(arguments.positional[0], session);
  const auto after = before ? read_generation(arguments.positional[1], session) : std::nullopt;
  if (!after) return ExitCode::Refused;
  std::vector<WantedJob> wanted;
  for (const LockedJob& job : after->jobs)
    wanted.push_back({.locked = job});
  const std::optional<RunningJobs> nobody;
  const RolloutPlan plan = make_rollout_plan({.lock = *before,
                                              .wanted = wanted,
                                              .running = nobody,
                                              .kept_hashes = session.folder().kept_hashes()});
  console.out << (arguments.has("json") ? encode_plan(plan) : plan_text(plan));
  return plan.has_work() ? ExitCode::Work : ExitCode::Success;
}

}  // namespace

Subcommand diff_subcommand() {
  return {"diff",
          "GENERATION GENERATION [--from FILE] [--json]",
          "show what is different between two generations",
          R"(As weir plan, from the first generation to the second; weir history lists them.

Examples:
  weir diff 5 7

Ends with 0 when they are the same, with 4 when they are not.
)",
          {rollout_options(), 2, 2},
          run};
}

}  // namespace weir
