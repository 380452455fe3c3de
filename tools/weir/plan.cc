// weir plan: what an apply would do.
#include <ostream>

#include "rollout/durable_file.h"
#include "rollout/plan_json.h"
#include "rollout/plan_text.h"
#include "rollout_session.h"
#include "subcommand.h"

namespace weir {
namespace {

ExitCode run(const Arguments& arguments, Console& console) {
  RolloutSession session("plan", arguments, console);
  const auto made = session.plan();
  if (!made) return ExitCode::Refused;
  const std::string document = encode_plan(made->plan);
  if (const auto file = arguments.value("out")) {
    if (const Status written = write_durably(*file, document); !written) {
      return session.fail(written.error());
    }
  }
  console.out << (arguments.has("json") ? document : plan_text(made->plan));
  if (made->plan.is_refused()) return ExitCode::Refused;
  return made->plan.has_work() ? ExitCode::Work : ExitCode::Success;
}

}  // namespace

Subcommand plan_subcommand() {
  std::vector<OptionDeclaration> options = rollout_options();
  options.push_back({"out", "FILE", "write the plan there, for weir apply FILE", Completion::File});
  return {"plan",
          "[--from FILE] [--out FILE] [--json]",
          "show what an apply would change, and change nothing",
          R"(Compares what jobs.toml asks for with jobs.lock beside it, and with the host, if one
runs: for each job what is to be done (nothing, parameters, swap, rewire, restart, start, stop), old
and new version, what becomes of its state, the gap to expect, and the way back.

Examples:
  weir plan
  weir plan --out next.plan && weir apply next.plan
  weir plan --json | jq '.jobs[] | select(.change != "nothing")'

Ends with 0 when there is nothing to do, with 4 when there is something, with 1 when the jobs file
has mistakes or the plan is refused.
)",
          {std::move(options), 0, 0},
          run};
}

}  // namespace weir
