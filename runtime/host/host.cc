#include "host/host.h"

#include <utility>

#include "base/format.h"
#include "checkpoint/state_folder.h"
#include "host/swap_request.h"
#include "registry/version_store.h"

namespace weir {
namespace {

constexpr std::string_view kComponent = "host";

Result<std::unique_ptr<StateImage>> open_image(const std::filesystem::path& state,
                                               const std::string& job,
                                               const std::shared_ptr<RocksShare>& share) {
  TRY(auto image, open_rocks_image(image_folder(state, job), {.job = job}, share));
  remove_copies(state, job);
  return image;
}

Result<std::shared_ptr<const JobCode>> load_code(const JobSpec& job) {
  TRY(auto plugin, load_library(job.plugin_path));
  return code_of(std::move(plugin), job.type);
}

}  // namespace

Host::Host(LoadedJobs loaded, const Clock& clock, LogSink& log, HostOrigin origin)
    : loaded_(std::move(loaded)),
      origin_(std::move(origin)),
      log_(log, loaded_.secrets),
      connectors_(clock, log_),
      history_(CrashHistory::read(loaded_.jobs.host.state)),
      jobs_({.workers = loaded_.jobs.host.workers,
             .clock = clock,
             .log = log_,
             .find_connector =
                 [this](std::string_view name, const std::filesystem::path& plugin) {
                   return connectors_.find(name, plugin);
                 },
             .load_code = load_code,
             .calls = {loaded_.jobs.host.call_warning, loaded_.jobs.host.call_limit},
             .find_suspects = [this](const std::string& job) { return history_.suspects_of(job); },
             .on_change = {},
             .open_image =
                 [this](const JobSpec& job) {
                   return open_image(loaded_.jobs.host.state, job.name, images_);
                 }}),
      copier_(jobs_, loaded_.jobs.host.state, clock),
      changes_(
          jobs_,
          [this](std::uint64_t generation) { return jobs_of(generation); },
          clock,
          Log(log_, std::string(kComponent))) {}

Host::~Host() = default;

Result<std::unique_ptr<Host>> Host::start(LoadedJobs loaded,
                                          const Clock& clock,
                                          LogSink& log,
                                          HostOrigin origin) {
  std::unique_ptr<Host> host(new Host(std::move(loaded), clock, log, std::move(origin)));
  TRY_DO(host->open_http());
  host->tell_history();
  host->submit_jobs();
  return host;
}

Status Host::open_http() {
  const std::string& address = loaded_.jobs.host.http;
  if (address.empty()) return Done{};
  const auto respond = [this](const HttpRequest& request) {
    return answer(
        request,
        {.status = [this] { return status(); },
         .startup = [this] { return startup_.with([](const Startup& now) { return now; }); },
         .save = [this](const auto& job, const auto& name) { return copier_.save(job, name); },
         .copy = [this](const auto& job) { return copier_.copy(job); },
         .changes = &changes_,
         .swap = [this](const auto& job, const auto& body) { return swap(job, body); }});
  };
  TRY(http_,
      HttpServer::start(address, {}, respond, Log(log_, "http")).during("open the control API"));
  Log(log_, std::string(kComponent)).info("control API at http://{}", http_address());
  return Done{};
}

Result<std::vector<JobSpec>> Host::jobs_of(std::uint64_t generation) const {
  if (generation == origin_.generation) return loaded_.jobs.jobs;
  if (origin_.load) return origin_.load(generation);
  return Error(ErrorKind::NotFound, format("generation {} is not kept", generation));
}

void Host::submit_jobs() {
  const Log log(log_, std::string(kComponent));
  for (const JobSpec& job : loaded_.jobs.jobs) {
    const Status started = jobs_.submit(job);
    if (started) {
      changes_.runs(job.name, origin_.generation);
      continue;
    }
    const std::string failure =
        format("{}: {}", job.name, loaded_.secrets.redact(started.error().text()));
    startup_.with([&](Startup& now) { now.failures.push_back(failure); });
    log.for_job(job.name).error("did not start: {}", started.error().text());
  }
  startup_.with([](Startup& now) { now.is_complete = true; });
}

void Host::tell_history() {
  const Log log(log_, std::string(kComponent));
  for (const std::string& trouble : history_.trouble())
    log.warning("crash reports: {}", trouble);
  for (const PoisonRecord& record : history_.new_poison()) {
    log.for_job(record.job)
        .error(
            "the record of {} at offset {} crashed the process twice (see {} and {}): it is set "
            "aside to side stream errors from now on, as long as the plugin is the same",
            record.split,
            record.verdict.offset,
            record.also_in,
            record.alone_in);
  }
}

Result<SwapDecision> Host::swap(const std::string& job, const std::string& body) {
  TRY(auto running, jobs_.spec(job));
  TRY(auto asked, swapped_spec(std::move(running), body, loaded_.jobs.host.plugin_path));
  return jobs_.begin_swap(std::move(asked.spec), asked.probation);
}

std::vector<std::string> Host::failures() const {
  return startup_.with([](const Startup& now) { return now.failures; });
}

HostStatus Host::status() const {
  HostStatus status = jobs_.status();
  for (JobStatus& job : status.jobs)
    job.cause = loaded_.secrets.redact(std::move(job.cause));
  return status;
}

Status Host::drain(std::chrono::milliseconds limit) {
  changes_.end();
  return jobs_.drain(limit);
}

std::string Host::http_address() const {
  if (!http_) return {};
  const std::string& written = loaded_.jobs.host.http;
  return format("{}:{}", written.substr(0, written.rfind(':')), http_->port());
}

}  // namespace weir
