// weir apply: carries a plan out.
#include "rollout/apply.h"

#include <ostream>

#include "base/format.h"
#include "rollout/durable_file.h"
#include "rollout/plan_json.h"
#include "rollout_session.h"
#include "subcommand.h"

namespace weir {
namespace {

// Whether the plan in the file is still the plan; tells what moved.
bool is_fresh(const std::string& file, const MadePlan& made, const RolloutSession& session) {
  const auto text = read_whole_file(file);
  const auto planned = text ? decode_plan(*text) : Result<RolloutPlan>(text.error());
  if (!planned) {
    session.refuse(format("{}: {}", file, planned.error().message()));
    return false;
  }
  const std::vector<std::string> moved = moved_since(*planned, made.plan);
  for (const std::string& each : moved)
    session.refuse(format("{} is stale: {}", file, each));
  return moved.empty();
}

ExitCode run(const Arguments& arguments, Console& console) {
  RolloutSession session("apply", arguments, console);
  const auto hold = session.begin();
  if (!hold) return ExitCode::Unavailable;
  const auto made = session.plan();
  if (!made) return ExitCode::Refused;
  const bool has_file = !arguments.positional.empty();
  if (has_file && !is_fresh(arguments.positional.front(), *made, session)) return ExitCode::Refused;
  return session.carry_out(*made, "apply", false);
}

}  // namespace

Subcommand apply_subcommand() {
  return {
      "apply",
      "[PLANFILE] [--from FILE]",
      "bring what runs to what jobs.toml asks for",
      R"(Carries out exactly the plan in PLANFILE (see weir plan --out), or the plan as it is now. A
plan is refused once jobs.toml, jobs.lock, a plugin file or what runs has moved; what moved is
named. With a running host each job is changed in turn; a job that does not come up turns all of
them back. Without a host only jobs.lock changes, and the next host starts by it.

An apply that dies is finished, or undone, by the next one or by the next start of the host. One at
a time: a second one is told so.

Examples:
  weir apply
  weir plan --out next.plan && weir apply next.plan

Ends with 0 when all is as asked, with 1 when the plan was refused or undone, with 3 when another
apply is under way or the host went away.
)",
      {rollout_options(), 0, 1},
      run};
}

}  // namespace weir
