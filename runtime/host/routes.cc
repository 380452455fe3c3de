#include "host/routes.h"

#include <algorithm>
#include <charconv>
#include <optional>

#include <boost/json.hpp>

#include "base/format.h"
#include "checkpoint/savepoint_manifest.h"
#include "host/job_changes.h"
#include "host/metrics.h"
#include "host/status_json.h"

namespace weir {
namespace {

constexpr std::string_view kJobs = "/v1/jobs";
constexpr std::string_view kChanges = "/v1/changes/";

HttpResponse refusal(unsigned status, std::string_view reason) {
  const boost::json::object document = {{"error", reason}};
  return {status, "application/json", boost::json::serialize(document) + "\n"};
}

HttpResponse document(std::string body) {
  return {200, "application/json", std::move(body) + "\n"};
}

// Job names are plain: nothing in an address stands for them.
HttpResponse answer_job(std::string_view name, const HostStatus& status) {
  auto body = job_document(status, name);
  if (!body) return refusal(404, format("no job {}", name));
  return document(std::move(*body));
}

HttpResponse answer_ready(const Startup& startup, const HostStatus& status) {
  if (!startup.failures.empty()) {
    return {503, "text/plain", format("did not start: {}\n", startup.failures.front())};
  }
  if (!startup.is_complete) return {503, "text/plain", "starting\n"};
  for (const JobStatus& job : status.jobs) {
    if (job.state == JobState::Starting || job.state == JobState::Restoring) {
      return {503, "text/plain", format("starting: {}\n", job.name)};
    }
    if (job.state == JobState::Failed || job.state == JobState::Failing ||
        job.state == JobState::Waiting) {
      return {503, "text/plain", format("failed: {}: {}\n", job.name, job.cause)};
    }
  }
  return {200, "text/plain", "ready\n"};
}

std::optional<std::uint64_t> number_in(std::string_view text) {
  std::uint64_t number = 0;
  const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (problem != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return number;
}

HttpResponse answer_change(std::string_view number, const JobChanges* changes) {
  const auto wanted = number_in(number);
  const auto change = wanted && changes ? changes->find(*wanted) : std::nullopt;
  if (!change) return refusal(404, format("no change {}", number));
  const boost::json::object made = {{"change", change->number},
                                    {"job", change->job},
                                    {"state", name_of(change->state)},
                                    {"cause", change->cause},
                                    {"gap_ms", change->gap.count()}};
  return document(boost::json::serialize(made));
}

HttpResponse accepted(std::uint64_t change) {
  const boost::json::object made = {{"change", change}};
  return {202, "application/json", boost::json::serialize(made) + "\n"};
}

HttpResponse no_post() {
  return refusal(404,
                 "try POST /v1/jobs/NAME/savepoints/SAVEPOINT, /v1/jobs/NAME/copies, "
                 "/v1/jobs/NAME/start?generation=N or /v1/jobs/NAME/stop");
}

// `target`: "/v1/jobs/NAME/stop", or "/v1/jobs/NAME/start?generation=7".
HttpResponse answer_wish(std::string_view target, JobChanges& changes) {
  constexpr std::string_view kStart = "/start?generation=";
  constexpr std::string_view kStop = "/stop";
  std::string_view rest = target;
  if (rest.starts_with(kJobs)) rest.remove_prefix(kJobs.size());
  const std::size_t slash = rest.find('/', 1);
  const bool has_job = rest.size() != target.size() && rest.starts_with('/') && slash > 1 &&
                       slash != std::string_view::npos;
  if (has_job) {
    const std::string job(rest.substr(1, slash - 1));
    const std::string_view wish = rest.substr(slash);
    if (wish == kStop) return accepted(changes.stop(job));
    const auto generation =
        wish.starts_with(kStart) ? number_in(wish.substr(kStart.size())) : std::nullopt;
    if (generation) return accepted(changes.bring(job, *generation));
  }
  return no_post();
}

bool is_wish(std::string_view path) {
  return path.ends_with("/start") || path.ends_with("/stop");
}

HttpResponse answer_path(std::string_view path, const StatusSource& source) {
  if (path == kJobs) return document(jobs_document(source.status()));
  if (path.starts_with(kJobs) && path.size() > kJobs.size() + 1 && path[kJobs.size()] == '/') {
    return answer_job(path.substr(kJobs.size() + 1), source.status());
  }
  if (path.starts_with(kChanges)) {
    return answer_change(path.substr(kChanges.size()), source.changes);
  }
  if (path == "/metrics") {
    return {200, "text/plain; version=0.0.4; charset=utf-8", metrics_text(source.status())};
  }
  if (path == "/healthz") {
    source.status();
    return {200, "text/plain", "healthy\n"};
  }
  if (path == "/readyz") return answer_ready(source.startup(), source.status());
  return refusal(404, "try /v1/jobs, /v1/jobs/NAME, /metrics, /healthz or /readyz");
}

HttpResponse refusal(const Error& error) {
  switch (error.kind()) {
    case ErrorKind::NotFound: return refusal(404, error.message());
    case ErrorKind::Invalid: return refusal(409, error.message());
    case ErrorKind::Unavailable: return refusal(503, error.message());
    case ErrorKind::Corrupt:
    case ErrorKind::Incompatible:
    case ErrorKind::Plugin: break;
  }
  return refusal(500, error.message());
}

HttpResponse answer_save(const StatusSource& source,
                         const std::string& job,
                         const std::string& name) {
  const auto saved = source.save(job, name);
  if (!saved) return refusal(saved.error());
  return {.body = encode_savepoint(*saved)};
}

HttpResponse answer_copy(const StatusSource& source, const std::string& job) {
  const auto folder = source.copy(job);
  if (!folder) return refusal(folder.error());
  return document(boost::json::serialize(boost::json::object{{"folder", folder->string()}}));
}

HttpResponse answer_swap(const StatusSource& source,
                         const std::string& job,
                         const std::string& body) {
  const auto decision = source.swap(job, body);
  if (!decision) {
    const ErrorKind kind = decision.error().kind();
    if (kind == ErrorKind::Invalid) return refusal(400, decision.error().message());
    if (kind == ErrorKind::Incompatible) return refusal(409, decision.error().message());
    return refusal(decision.error());
  }
  boost::json::array states;
  for (const StateStep& step : decision->states) {
    states.push_back({{"uid", step.uid}, {"fate", name_of(step.fate)}, {"detail", step.detail}});
  }
  HttpResponse answer = document(boost::json::serialize(boost::json::object{
      {"kind", name_of(decision->kind)}, {"reason", decision->reason}, {"states", states}}));
  answer.status = decision->kind == SwapKind::Nothing ? 200 : 202;
  return answer;
}

// `rest` is what follows /v1/jobs/: JOB/copies, JOB/savepoints/SAVEPOINT, JOB/swap.
HttpResponse answer_job_post(std::string_view rest,
                             std::string_view body,
                             const StatusSource& source) {
  constexpr std::string_view kSavepoints = "savepoints/";
  const std::size_t slash = rest.find('/');
  if (slash == 0 || slash == std::string_view::npos) return no_post();
  const std::string job(rest.substr(0, slash));
  const std::string_view what = rest.substr(slash + 1);
  if (what == "copies" && source.copy) {
    return {.later = [source, job] { return answer_copy(source, job); }};
  }
  if (what == "swap" && source.swap) {
    return {.later = [source, job, body = std::string(body)] {
      return answer_swap(source, job, body);
    }};
  }
  if (what.starts_with(kSavepoints) && source.save) {
    const std::string name(what.substr(kSavepoints.size()));
    return {.later = [source, job, name] { return answer_save(source, job, name); }};
  }
  return no_post();
}

HttpResponse answer_post(std::string_view target,
                         std::string_view body,
                         const StatusSource& source) {
  const std::string_view path = target.substr(0, target.find('?'));
  if (is_wish(path) && source.changes != nullptr) return answer_wish(target, *source.changes);
  const bool is_of_job = path.starts_with(kJobs) && path.substr(kJobs.size()).starts_with('/');
  return is_of_job ? answer_job_post(path.substr(kJobs.size() + 1), body, source) : no_post();
}

bool is_port(std::string_view text) {
  return !text.empty() && text.size() <= 5 &&
         std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

}  // namespace

bool is_loopback_host(std::string_view host) {
  for (const std::string_view name : {"localhost", "127.0.0.1", "[::1]"}) {
    if (host == name) return true;
    const bool has_port = host.starts_with(name) && host.size() > name.size() + 1 &&
                          host[name.size()] == ':' && is_port(host.substr(name.size() + 1));
    if (has_port) return true;
  }
  return false;
}

HttpResponse answer(const HttpRequest& request, const StatusSource& source) {
  if (request.host.empty()) return refusal(400, "no Host header");
  if (!is_loopback_host(request.host)) {
    return refusal(421, "this host answers to localhost, 127.0.0.1 and [::1] only");
  }
  if (request.method == "POST") {
    if (request.control.empty()) return refusal(403, "a header Weir-Control is needed");
    return answer_post(request.target, request.body, source);
  }
  if (request.method != "GET" && request.method != "HEAD") {
    return refusal(405, "GET, HEAD or POST only");
  }
  return answer_path(request.target.substr(0, request.target.find('?')), source);
}

}  // namespace weir
