// weir run: runs the jobs of a file in the foreground.
#include <algorithm>
#include <charconv>
#include <csignal>
#include <malloc.h>
#include <optional>
#include <ostream>

#include "base/clock.h"
#include "base/format.h"
#include "base/terminal_log.h"
#include "bottom_line.h"
#include "config/quantity.h"
#include "crash/crash_handler.h"
#include "host/host.h"
#include "host/job_summary.h"
#include "host/status_json.h"
#include "host/version.h"
#include "interrupts.h"
#include "jobs_files.h"
#include "jobs_watch.h"
#include "json_log.h"
#include "started_jobs.h"
#include "status_line.h"
#include "subcommand.h"
#include "supervisor.h"

namespace weir {
namespace {

constexpr std::chrono::milliseconds kTurn(100);
constexpr std::chrono::seconds kDrainMax(30);
constexpr std::chrono::milliseconds kLineEvery(500);
constexpr std::chrono::milliseconds kRestartDelay(1000);

std::filesystem::path reports_folder(const LoadedJobs& loaded) {
  return loaded.jobs.host.state / "crash";
}

struct RunOptions {
  std::optional<std::chrono::seconds> time;
  LogLevel level = LogLevel::Info;
  bool is_json = false;
  std::chrono::milliseconds restart_delay = kRestartDelay;
  std::optional<Arguments> watched;  // The command line, when the jobs file is to be watched.
};

Result<RunOptions> read_options(const Arguments& arguments) {
  RunOptions options;
  options.is_json = arguments.has("json");
  if (arguments.has("watch")) options.watched = arguments;
  if (const auto text = arguments.value("seconds")) {
    std::uint32_t seconds = 0;
    const auto [end, problem] = std::from_chars(text->data(), text->data() + text->size(), seconds);
    if (problem != std::errc() || end != text->data() + text->size()) {
      return Error(ErrorKind::Invalid, format("--seconds wants a whole number, not {}", *text));
    }
    options.time = std::chrono::seconds(seconds);
  }
  if (const auto text = arguments.value("restart-delay")) {
    const auto delay = parse_duration(*text);
    if (!delay) {
      return Error(ErrorKind::Invalid,
                   format("--restart-delay wants a duration like \"1s\", not {}", *text));
    }
    options.restart_delay = *delay;
  }
  const std::string level = arguments.value("log-level").value_or("info");
  bool is_known = false;
  for (const LogLevel known :
       {LogLevel::Debug, LogLevel::Info, LogLevel::Warning, LogLevel::Error}) {
    if (name(known) != level) continue;
    options.level = known;
    is_known = true;
  }
  if (!is_known) {
    return Error(ErrorKind::Invalid,
                 format("--log-level wants debug, info, warning or error, not {}", level));
  }
  return options;
}

bool are_over(const HostStatus& status) {
  return std::all_of(status.jobs.begin(), status.jobs.end(), [](const JobStatus& job) {
    return is_over(job.state);
  });
}

// Until all jobs are over, a signal comes, or the time has passed.
void watch(const Host& host,
           const Clock& clock,
           const RunOptions& options,
           Interrupts& interrupts,
           JobsWatch* jobs) {
  const MonotonicTime started = clock.monotonic_now();
  std::optional<BottomLine> bottom;
  if (!options.is_json && BottomLine::is_possible()) bottom.emplace();
  StatusLine line;
  std::optional<MonotonicTime> shown_at;
  while (!interrupts.wait_for(kTurn)) {
    // A job that is changed is over for a moment.
    const bool was_changing = host.is_changing();
    const HostStatus status = host.status();
    if (are_over(status) && !was_changing && !host.is_changing()) return;
    const MonotonicTime now = clock.monotonic_now();
    if (jobs != nullptr) jobs->look();
    if (options.time && now - started >= *options.time) return;
    if (bottom && (!shown_at || now - *shown_at >= kLineEvery)) {
      bottom->show(line.text(status, now));
      shown_at = now;
    }
  }
}

// Whether every job came to a good end.
bool log_ends(const Host& host, const Log& log) {
  bool is_good = host.failures().empty();
  for (const JobStatus& job : host.status().jobs) {
    const JobSummary summary = summarize(job);
    // A job that was waiting to start again when it was stopped has a cause, too.
    const bool has_failed = !job.cause.empty();
    is_good &= !has_failed;
    const std::string text = format("{}: {} records in, {} rows out, {} late, {} errors{}{}",
                                    name_of(job.state),
                                    summary.records_in,
                                    summary.rows_out,
                                    summary.late,
                                    summary.errors,
                                    has_failed ? "; " : "",
                                    has_failed ? job.cause : "");
    log.for_job(job.name).write(has_failed ? LogLevel::Error : LogLevel::Info, text);
  }
  return is_good;
}

ExitCode run_jobs(StartedJobs started, const RunOptions& options, LogSink& sink, Console& console) {
  LoadedJobs& loaded = started.loaded;
  const SystemClock clock;
  const Log log(sink, "host");
  const CrashThread reported(nullptr);
  const Status watched =
      install_crash_handler({reports_folder(loaded), std::string(weir_version())});
  if (!watched) log.warning("no reports of crashes: {}", watched.error().message());
  std::optional<Interrupts> interrupts(std::in_place);
  auto host = Host::start(std::move(loaded), clock, sink, std::move(started.origin));
  if (!host) {
    console.error << "weir: run: " << host.error().message() << '\n';
    return ExitCode::Unavailable;
  }
  std::optional<JobsWatch> jobs;
  if (options.watched) jobs.emplace(*options.watched, (*host)->http_address(), clock, console);
  watch(**host, clock, options, *interrupts, jobs ? &*jobs : nullptr);
  interrupts.reset();
  bool is_good = true;
  if (!are_over((*host)->status())) {
    log.info("draining");
    const Status drained = (*host)->drain(kDrainMax);
    if (!drained) log.error("{}", drained.error().text());
    is_good = drained.has_value();
  }
  is_good &= log_ends(**host, log);
  if (options.is_json) console.out << jobs_document((*host)->status()) << '\n';
  return is_good ? ExitCode::Success : ExitCode::Refused;
}

// What Kafka sends comes in pieces of megabytes that live for milliseconds, each allocated on one
// thread and freed on another: glibc would get each from the system and give it back.
void keep_memory() {
  mallopt(M_MMAP_THRESHOLD, 32 << 20);  // The largest that it takes.
  mallopt(M_TRIM_THRESHOLD, 256 << 20);
}

// The jobs that may go on without the state that their sinks remember.
Status permit_empty_starts(const Arguments& arguments, JobsFile& file) {
  for (const std::string& name : arguments.values("start-empty")) {
    const auto found = std::ranges::find(file.jobs, name, &JobSpec::name);
    if (found == file.jobs.end()) {
      return Error(ErrorKind::Invalid, format("--start-empty: the file has no job {}", name));
    }
    found->may_start_empty = true;
  }
  return Done{};
}

// What the command line said, but for supervision.
std::vector<std::string> arguments_of_child(const Arguments& arguments) {
  std::vector<std::string> all = {"run"};
  for (const auto& [name, values] : arguments.options) {
    if (name == "supervise" || name == "restart-delay") continue;
    if (values.empty()) all.push_back("--" + name);
    for (const std::string& value : values)
      all.push_back("--" + name + '=' + value);
  }
  all.insert(all.end(), arguments.positional.begin(), arguments.positional.end());
  return all;
}

ExitCode run(const Arguments& arguments, Console& console) {
  const auto options = read_options(arguments);
  if (!options) {
    console.error << "weir: run: " << options.error().message() << '\n';
    return ExitCode::Usage;
  }
  keep_memory();
  // Whoever reads our output may leave; that is an error of a write, not the end.
  std::signal(SIGPIPE, SIG_IGN);
  const SystemClock clock;
  const auto sink =
      options->is_json ? make_json_log(options->level, clock) : make_terminal_log(options->level);
  const std::string file =
      arguments.positional.empty() ? kJobsFileDefault : arguments.positional.front();
  const HostConnectors connectors(clock, *sink);
  const RolloutFolder folder(read_host_section(file).state);
  const RolloutJobs jobs(file, folder, arguments, connectors);
  auto started = load_started_jobs(file, folder, jobs, {clock, Log(*sink, "host")});
  if (!started) {
    console.error << "weir: run: " << started.error().message() << '\n';
    return ExitCode::Refused;
  }
  LoadedJobs& loaded = started->loaded;
  if (!loaded.mistakes.empty()) {
    print_mistakes(loaded.mistakes, console);
    return ExitCode::Refused;
  }
  if (Status permitted = permit_empty_starts(arguments, loaded.jobs); !permitted) {
    console.error << "weir: run: " << permitted.error().message() << '\n';
    return ExitCode::Usage;
  }
  if (options->watched && loaded.jobs.host.http.empty()) {
    console.error << "weir: run: --watch needs an address http in section [host]\n";
    return ExitCode::Usage;
  }
  if (arguments.has("supervise")) {
    return supervise({.arguments = arguments_of_child(arguments),
                      .reports = reports_folder(loaded),
                      .first_delay = options->restart_delay},
                     clock,
                     console);
  }
  return run_jobs(*std::move(started), *options, *sink, console);
}

}  // namespace

Subcommand run_subcommand() {
  return {"run",
          "[FILE] [--seconds N] [--plugin-path FOLDER]… [--supervise] [--watch] [--json]",
          "run the jobs of a file until they end or Ctrl-C",
          R"(Checks FILE (jobs.toml when none is given) as `weir check` does and starts nothing when
there is a mistake. Ctrl-C or SIGTERM drains: sources stop, what was read is written, positions
are committed; a second one ends the program at once. On a terminal the last line shows what is
going on. Logs go to standard error, so that the stdout connector has standard output for itself.

With --supervise the host runs as a child. When a signal kills it (a bug in a plugin, memory that
ran out) it is started again: at first after --restart-delay, then after twice as long each time, up
to a minute; five minutes of life begin that anew. SIGTERM and Ctrl-C are passed on, and nothing is
started again after them, or after a child that ended by itself. A death leaves a report in the
folder crash of [host] state; a record that was at hand in two deaths, once alone, is set aside to
side stream errors at the next start.

Once there is a jobs.lock beside FILE, the jobs run as it says, with the texts and plugin files that
were applied (see weir apply), and not as FILE says meanwhile; what an apply that died left is
finished first. With --watch the file is applied by itself once it has changed and stood still for a
second, if the plan refuses nothing, repeats no output and has a way back; else it is told why not.

A job does not start when its sinks hold epochs of it but its state is gone: what its open windows
held would be missing from the output. --start-empty lets that job go on all the same.

Examples:
  weir run
  weir run jobs.toml --seconds 20
  weir run jobs.toml --json 2> log.jsonl
  weir run jobs.toml --supervise

Ends with 0 when all jobs finished or were drained, with 1 when the file has mistakes or a job
failed. A signal that kills it shows as usual (128 and its number in a shell). With --supervise:
with what the child ended with by itself, with 128 and the signal's number when it was killed while
stopping, with 0 when asked to stop while no child was running.
)",
          {{{"seconds", "N", "drain after so many seconds"},
            {"log-level", "LEVEL", "debug, info (default), warning or error"},
            plugin_path_option(),
            {"start-empty", "JOB", "let the job go on although its state is gone"},
            {"watch", "", "apply the file by itself when it changes and the plan is safe"},
            {"supervise", "", "start the host again whenever it dies"},
            {"restart-delay", "TIME", "--supervise: how long to wait at first, 1s if not given"},
            json_option()},
           0,
           1},
          run};
}

}  // namespace weir
