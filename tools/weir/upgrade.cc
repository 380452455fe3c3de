// weir upgrade: many jobs to another version, in waves.
#include <algorithm>
#include <ostream>
#include <semaphore>
#include <span>

#include "base/format.h"
#include "config/quantity.h"
#include "config/version.h"
#include "rollout/pins.h"
#include "rollout_remote.h"
#include "rollout_session.h"
#include "subcommand.h"

namespace weir {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds kProbation = std::chrono::seconds(60);
constexpr milliseconds kLookEvery(50);

struct Upgrade {
  std::string plugin;
  std::string version;
  std::vector<std::string> jobs = {};   // In the order of jobs.toml.
  std::vector<std::size_t> waves = {};  // How many of them are over when each wave is.
  milliseconds probation{0};

  std::string what() const { return format("upgrade {} to {}", plugin, version); }
};

// The jobs that are meant and do not have the version yet.
std::vector<std::string> select(const std::vector<WrittenJob>& written,
                                const Upgrade& upgrade,
                                const Arguments& arguments) {
  const std::string glob = arguments.value("jobs").value_or("*");
  const auto job_class = arguments.value("class");
  std::vector<std::string> jobs;
  for (const WrittenJob& job : written) {
    if (job.plugin != upgrade.plugin || !matches_glob(glob, job.name)) continue;
    if (job_class && job.job_class != *job_class) continue;
    if (job.version != "=" + upgrade.version) jobs.push_back(job.name);
  }
  return jobs;
}

Result<Upgrade> read_upgrade(const Arguments& arguments, const std::string& jobs_text) {
  Upgrade upgrade{.plugin = arguments.value("plugin").value_or(""),
                  .version = arguments.value("to").value_or(""),
                  .probation = kProbation};
  if (upgrade.plugin.empty() || upgrade.version.empty()) {
    return Error(ErrorKind::Invalid, "--plugin NAME and --to VERSION are needed");
  }
  if (!Version::parse(upgrade.version)) {
    return Error(ErrorKind::Invalid,
                 format("--to wants a version like 1.5.0, not {}", upgrade.version));
  }
  if (const auto text = arguments.value("probation")) {
    const auto time = parse_duration(*text);
    if (!time) {
      return Error(ErrorKind::Invalid,
                   format("--probation wants a duration like \"60s\", not {}", *text));
    }
    upgrade.probation = *time;
  }
  TRY(const auto written, written_jobs(jobs_text));
  upgrade.jobs = select(written, upgrade, arguments);
  TRY(upgrade.waves,
      read_waves(arguments.value("wave").value_or("1,10%,100%"), upgrade.jobs.size()));
  return upgrade;
}

// Whether these jobs run all the time; else why not. Without a host there is nothing to wait for.
Status watch(const RolloutSession& session,
             std::span<const std::string> jobs,
             milliseconds probation) {
  const MonotonicTime end = session.clock().monotonic_now() + probation;
  std::binary_semaphore never(0);
  while (true) {
    TRY(const auto running, ask_running(session.address(), false));
    if (!running) return Done{};
    for (const std::string& job : jobs) {
      const auto found = running->find(job);
      if (found != running->end() && !found->second.is_failing) continue;
      return Error(ErrorKind::Invalid, format("{} does not run any more", job));
    }
    if (session.clock().monotonic_now() >= end) return Done{};
    static_cast<void>(never.try_acquire_for(kLookEvery));
  }
}

ExitCode take_back(RolloutSession& session, const Generation& before, const std::string& cause) {
  session.refuse(cause + "; all jobs go back");
  const auto made = session.plan_text_of(before.jobs_text, &before.lock);
  if (!made) return ExitCode::Refused;
  const ExitCode back = session.carry_out(*made, "back from an upgrade", true);
  return back == ExitCode::Success ? ExitCode::Refused : back;
}

ExitCode run_waves(RolloutSession& session, const Upgrade& upgrade, const Generation& before) {
  std::string text = before.jobs_text;
  std::size_t done = 0;
  for (std::size_t wave = 0; wave < upgrade.waves.size(); ++wave) {
    const std::size_t end = upgrade.waves[wave];
    const std::vector<std::string> jobs(upgrade.jobs.begin() + static_cast<std::ptrdiff_t>(done),
                                        upgrade.jobs.begin() + static_cast<std::ptrdiff_t>(end));
    const auto pinned = pin_version(text, jobs, upgrade.version);
    if (!pinned) return session.fail(pinned.error());
    text = *pinned;
    session.console().out << format("wave {} of {}: {} job{}\n",
                                    wave + 1,
                                    upgrade.waves.size(),
                                    jobs.size(),
                                    jobs.size() == 1 ? "" : "s");
    // Whatever newer files lie about, the other jobs keep theirs.
    auto others = session.lock();
    if (!others) return ExitCode::Refused;
    std::erase_if(others->jobs, [&](const LockedJob& job) {
      return std::ranges::find(jobs, job.name) != jobs.end();
    });
    const auto made = session.plan_text_of(text, &*others);
    const ExitCode code = made ? session.carry_out(*made, upgrade.what(), true) : ExitCode::Refused;
    if (code == ExitCode::Unavailable) return code;
    if (code != ExitCode::Success) {
      if (done == 0) return code;
      return take_back(session, before, format("wave {} failed", wave + 1));
    }
    const Status watched = watch(session, jobs, upgrade.probation);
    if (!watched) return take_back(session, before, watched.error().message());
    done = end;
  }
  return ExitCode::Success;
}

ExitCode run(const Arguments& arguments, Console& console) {
  RolloutSession session("upgrade", arguments, console);
  const auto hold = session.begin();
  if (!hold) return ExitCode::Unavailable;
  const auto text = session.jobs_text();
  const auto lock = text ? session.lock() : std::nullopt;
  if (!lock) return ExitCode::Refused;
  const auto upgrade = read_upgrade(arguments, *text);
  if (!upgrade) {
    session.refuse(upgrade.error().message());
    return ExitCode::Usage;
  }
  if (upgrade->jobs.empty()) {
    console.out << "nothing to do: no such job is at another version\n";
    return ExitCode::Success;
  }
  if (lock->generation == 0) return session.refuse("there is no jobs.lock yet: weir apply first");
  const auto now = session.plan_text_of(*text, &*lock);
  if (!now) return ExitCode::Refused;
  if (now->plan.has_work()) {
    return session.refuse("jobs.toml asks for other changes, too: weir apply them first");
  }
  return run_waves(session, *upgrade, {.jobs_text = *text, .lock = *lock});
}

}  // namespace

Subcommand upgrade_subcommand() {
  std::vector<OptionDeclaration> options = rollout_options();
  options.push_back({"plugin", "NAME", "the plugin whose jobs are meant"});
  options.push_back({"to", "VERSION", "the version that they are to run"});
  options.push_back({"jobs", "GLOB", "only jobs with such names, like 'enter-*'"});
  options.push_back({"class", "CLASS", "only jobs of this class"});
  options.push_back({"wave", "LIST", "how many jobs have changed after each wave (1,10%,100%)"});
  options.push_back({"probation", "TIME", "how long each wave is watched (60s)"});
  return {
      "upgrade",
      "--plugin NAME --to VERSION [--jobs GLOB] [--class CLASS] [--wave LIST]",
      "bring many jobs to another version of their plugin",
      R"(Edits the versions in jobs.toml (comments and order stay), and applies them wave by wave.
After each wave its jobs must run for the time of probation; a wave that fails takes all jobs back
to what they were. Killed in the middle, it leaves the wave under way to the next apply; the same
command then goes on with the jobs that are left.

Examples:
  weir upgrade --plugin classroom --to 1.5.0
  weir upgrade --plugin classroom --to 1.5.0 --jobs 'enter-*' --wave 1,50%,100% --probation 5m

Ends with 1 when it was refused or taken back.
)",
      {std::move(options), 0, 0},
      run};
}

}  // namespace weir
