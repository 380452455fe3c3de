#include "rollout_session.h"

#include <algorithm>
#include <cstdlib>
#include <ostream>
#include <utility>

#include "base/format.h"
#include "base/terminal_log.h"
#include "jobs_files.h"
#include "registry/gate.h"
#include "registry/sha256.h"
#include "registry/version_store.h"
#include "remote.h"
#include "rollout/durable_file.h"
#include "rollout/fingerprints.h"
#include "rollout/plan_text.h"
#include "rollout/wanted_jobs.h"
#include "rollout_remote.h"
#include "subcommand.h"

namespace weir {
namespace {

namespace fs = std::filesystem;

fs::path jobs_file_of(const Arguments& arguments) {
  return arguments.value("from").value_or(kJobsFileDefault);
}

// As the host decides it when the job starts.
bool keeps_positions(const JobSpec& job, const HostConnectors& connectors) {
  const auto delivers_once = [](const auto& sink) {
    return sink.delivery == Delivery::Transactional;
  };
  if (std::ranges::any_of(job.sinks, delivers_once)) return true;
  return std::ranges::any_of(job.sources, [&](const SourceSpec& source) {
    const auto own = connectors.own();
    const auto found = std::ranges::find(own, source.connector, &Connector::name);
    return found != own.end() && (*found)->remembers_positions(source.request);
  });
}

// What the gate says against a file; whatever lies in a store has passed it.
std::string objection(const fs::path& file, const HostSide& host) {
  if (is_stored(file)) return {};
  const auto candidate = read_candidate(file);
  if (!candidate) return candidate.error().message();
  const Verdict verdict = judge(*candidate, host);
  return verdict.findings.empty() ? std::string() : verdict.findings.front().text;
}

// The lock as it lies there, so that a plan sees when somebody edits it.
std::string lock_fingerprint(const fs::path& jobs_file) {
  const auto text = read_whole_file(lock_path_of(jobs_file));
  return fingerprint_of(text ? *text : "");
}

}  // namespace

std::vector<OptionDeclaration> rollout_options() {
  std::vector<OptionDeclaration> options = remote_options();
  options.push_back(plugin_path_option());
  return options;
}

std::string caller() {
  for (const char* name : {"SUDO_USER", "USER", "LOGNAME"}) {
    const char* value = std::getenv(name);  // NOLINT(concurrency-mt-unsafe): nobody sets it
    if (value != nullptr && *value != '\0') return value;
  }
  return "unknown";
}

RolloutSession::RolloutSession(std::string subcommand, const Arguments& arguments, Console& console)
    : subcommand_(std::move(subcommand)),
      arguments_(arguments),
      console_(console),
      log_(make_terminal_log(LogLevel::Warning)),
      connectors_(clock_, *log_),
      jobs_file_(jobs_file_of(arguments)),
      host_(read_host_section(jobs_file_)),
      folder_(host_.state),
      jobs_(jobs_file_, folder_, arguments, connectors_),
      address_(arguments.value("http").value_or(host_.http)) {}

ExitCode RolloutSession::fail(const Error& error) const {
  console_.error << format("weir: {}: {}\n", subcommand_, error.message());
  return error.kind() == ErrorKind::Unavailable ? ExitCode::Unavailable : ExitCode::Refused;
}

ExitCode RolloutSession::refuse(const std::string& reason) const {
  console_.error << format("weir: {}: {}\n", subcommand_, reason);
  return ExitCode::Refused;
}

std::optional<std::string> RolloutSession::jobs_text() const {
  auto text = read_whole_file(jobs_file_);
  if (text) return *std::move(text);
  fail(text.error());
  return std::nullopt;
}

std::optional<Lock> RolloutSession::lock() const {
  ReadLock read = read_lock(lock_path_of(jobs_file_));
  if (read.mistakes.empty()) return std::move(read.lock);
  print_mistakes(read.mistakes, console_);
  return std::nullopt;
}

std::optional<MadePlan> RolloutSession::plan() {
  const auto text = jobs_text();
  return text ? plan_text_of(*text, nullptr) : std::nullopt;
}

std::optional<MadePlan> RolloutSession::plan_text_of(const std::string& jobs_text,
                                                     const Lock* pins) {
  MadePlan made;
  made.jobs_text = jobs_text;
  const LoadedJobs loaded = jobs_.load(jobs_text, pins);
  if (!loaded.mistakes.empty()) {
    print_mistakes(loaded.mistakes, console_);
    return std::nullopt;
  }
  auto before = lock();
  if (!before) return std::nullopt;
  made.lock = *std::move(before);
  const auto host_side = read_host_side();
  if (!host_side) return fail(host_side.error()), std::nullopt;
  auto wanted =
      wanted_jobs(loaded,
                  fs::absolute(jobs_file_).parent_path(),
                  {.hash_file = sha256_of_file,
                   .judge_file = [&](const fs::path& file) { return objection(file, *host_side); },
                   .keeps_positions =
                       [this](const JobSpec& job) { return keeps_positions(job, connectors_); }});
  if (!wanted) return fail(wanted.error()), std::nullopt;
  made.wanted = *std::move(wanted);
  for (std::size_t i = 0; i < made.wanted.size(); ++i)
    made.files[made.wanted[i].locked.hash] = loaded.jobs.jobs[i].plugin_path;
  auto running = ask_running(address_, true);
  if (!running) return fail(running.error()), std::nullopt;
  if (*running) running_ = std::make_unique<RemoteRollout>(address_, clock_);
  const auto history = read_history(folder_);
  made.plan = make_rollout_plan(
      {.lock = made.lock,
       .wanted = made.wanted,
       .running = *running,
       .kept_hashes = folder_.kept_hashes(),
       .measured_gaps = measured_gaps(history ? *history : std::vector<HistoryEntry>()),
       .abilities = {.sets_parameters = true, .swaps = true, .converts_state = true}});
  made.plan.jobs_hash = fingerprint_of(jobs_text);
  made.plan.lock_hash = lock_fingerprint(jobs_file_);
  return made;
}

ApplyParts RolloutSession::parts() {
  return {.folder = folder_, .jobs_file = jobs_file_, .host = running_.get(), .clock = clock_};
}

std::optional<RolloutHold> RolloutSession::begin() {
  auto hold = RolloutHold::take(folder_);
  if (!hold) return fail(hold.error()), std::nullopt;
  const auto running = ask_running(address_, false);
  if (running && *running) running_ = std::make_unique<RemoteRollout>(address_, clock_);
  if (!running_ && RunningMark::is_set(folder_)) {
    const std::string where = address_.empty() ? "[host] http is not set" : "nobody at " + address_;
    fail(Error(ErrorKind::Unavailable, "a host runs these jobs and does not answer: " + where));
    return std::nullopt;
  }
  const auto finished = finish_apply(parts());
  if (!finished) return fail(finished.error()), std::nullopt;
  if (*finished) {
    console_.out << "what an earlier call left is finished:\n";
    tell(**finished);
  }
  return std::optional<RolloutHold>(*std::move(hold));
}

// A file that changed since its hash was taken is noticed here.
Status RolloutSession::keep_files(const MadePlan& made) const {
  for (const auto& [hash, file] : made.files) {
    TRY(const fs::path kept, folder_.keep_plugin(file, hash));
    TRY(const std::string found, sha256_of_file(kept));
    if (found == hash) continue;
    TRY_DO(remove_durably(kept));
    return Error(ErrorKind::Invalid, format("{} changed meanwhile: plan again", file.string()));
  }
  return Done{};
}

ExitCode RolloutSession::carry_out(const MadePlan& made,
                                   const std::string& what,
                                   bool rewrites_jobs) {
  if (made.plan.is_refused()) {
    console_.out << plan_text(made.plan);
    return refuse("the plan is refused; nothing was changed");
  }
  if (!made.plan.has_work()) {
    console_.out << plan_text(made.plan);
    return ExitCode::Success;
  }
  if (Status kept = keep_files(made); !kept) return fail(kept.error());
  Generation next{.jobs_text = made.jobs_text,
                  .lock = lock_after(made.lock, made.wanted, made.plan)};
  next.lock.generation = folder_.next_generation(made.lock);
  const auto entry = apply_plan(parts(),
                                {.plan = made.plan,
                                 .next = std::move(next),
                                 .who = caller(),
                                 .what = what,
                                 .rewrites_jobs = rewrites_jobs});
  if (!entry) {
    fail(entry.error());
    console_.error << "weir apply, or the next start of the host, finishes it\n";
    return ExitCode::Unavailable;
  }
  tell(*entry);
  return entry->is_undone ? ExitCode::Refused : ExitCode::Success;
}

void RolloutSession::tell(const HistoryEntry& entry) const {
  if (entry.is_undone) {
    console_.error << format("undone: {}\n", entry.cause);
    return;
  }
  for (const HistoryStep& step : entry.steps) {
    const bool is_new = step.old_version.empty() || step.old_version == step.new_version;
    const std::string versions =
        is_new ? step.new_version : format("{} → {}", step.old_version, step.new_version);
    console_.out << format("{}: {}  {}{}\n",
                           step.job,
                           name_of(step.kind),
                           step.new_version.empty() ? step.old_version : versions,
                           step.gap.count() > 0 ? format("  gap {} ms", step.gap.count()) : "");
  }
  console_.out << format("generation {}\n", entry.generation);
}

}  // namespace weir
