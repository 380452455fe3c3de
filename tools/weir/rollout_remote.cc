#include "rollout_remote.h"

#include <semaphore>
#include <utility>

#include <boost/json.hpp>

#include "base/format.h"
#include "host/http_client.h"

namespace weir {
namespace {

namespace json = boost::json;
using std::chrono::milliseconds;

constexpr std::chrono::seconds kTimeMax(5);
constexpr std::chrono::seconds kChangeMax(120);
constexpr milliseconds kLookEvery(5);

Result<json::object> read_object(const HttpReply& reply) {
  json::error_code failed;
  json::value parsed = json::parse(reply.body, failed);
  if (failed || !parsed.is_object()) {
    return Error(ErrorKind::Unavailable, format("the host answers {}", reply.status));
  }
  return std::move(parsed.get_object());
}

std::string text_of(const json::object& object, const char* key) {
  const json::value* found = object.if_contains(key);
  return found != nullptr && found->is_string() ? std::string(found->get_string()) : std::string();
}

std::uint64_t number_of(const json::object& object, const char* key) {
  const json::value* found = object.if_contains(key);
  return found != nullptr && found->is_int64() ? static_cast<std::uint64_t>(found->get_int64()) : 0;
}

const json::array& list_of(const json::object& object, const char* key) {
  static const json::array nothing;
  const json::value* found = object.if_contains(key);
  return found != nullptr && found->is_array() ? found->get_array() : nothing;
}

Result<json::object> get(const std::string& address, const std::string& target) {
  TRY(const HttpReply reply, http_get(address, target, kTimeMax));
  TRY(json::object object, read_object(reply));
  if (reply.status == 200) return object;
  return Error(reply.status == 404 ? ErrorKind::NotFound : ErrorKind::Unavailable,
               text_of(object, "error"));
}

RunningJob running_job(const json::object& job) {
  const std::string state = text_of(job, "state");
  return {.is_over = state == "finished" || state == "stopped" || state == "failed",
          .is_failing = state == "failing" || state == "waiting" || state == "failed",
          .version = text_of(job, "plugin_version")};
}

void read_state(const json::object& job, RunningJob& running) {
  for (const json::value& each : list_of(job, "operators")) {
    const auto* op = each.if_object();
    if (op == nullptr) continue;
    running.state[text_of(*op, "uid")] = {number_of(*op, "key_count"),
                                          number_of(*op, "state_bytes")};
  }
}

}  // namespace

Result<std::optional<RunningJobs>> ask_running(const std::string& address, bool with_state) {
  if (address.empty()) return std::optional<RunningJobs>();
  auto document = get(address, "/v1/jobs");
  if (!document) return std::optional<RunningJobs>();
  RunningJobs jobs;
  for (const json::value& each : list_of(*document, "jobs")) {
    const auto* job = each.if_object();
    if (job != nullptr) jobs[text_of(*job, "name")] = running_job(*job);
  }
  for (auto& [name, running] : jobs) {
    if (!with_state || running.is_over) continue;
    TRY(const json::object job, get(address, "/v1/jobs/" + name));
    read_state(job, running);
  }
  return std::optional<RunningJobs>(std::move(jobs));
}

Result<milliseconds> RemoteRollout::change(const std::string& target) {
  TRY(const HttpReply asked, http_post(address_, target, kTimeMax));
  TRY(const json::object accepted, read_object(asked));
  if (asked.status != 202) return Error(ErrorKind::Invalid, text_of(accepted, "error"));
  const std::string place = format("/v1/changes/{}", number_of(accepted, "change"));
  const MonotonicTime deadline = clock_.monotonic_now() + kChangeMax;
  std::binary_semaphore never(0);
  while (clock_.monotonic_now() < deadline) {
    const auto change = get(address_, place);
    // Also one that knows no such change: it was started again meanwhile.
    if (!change) return Error(ErrorKind::Unavailable, change.error().message());
    const std::string state = text_of(*change, "state");
    if (state == "done") return milliseconds(number_of(*change, "gap_ms"));
    if (state == "failed") return Error(ErrorKind::Invalid, text_of(*change, "cause"));
    static_cast<void>(never.try_acquire_for(kLookEvery));
  }
  return Error(ErrorKind::Invalid, format("no end after {} s", kChangeMax.count()));
}

Result<milliseconds> RemoteRollout::bring(const std::string& job,
                                          std::uint64_t generation,
                                          ChangeKind kind) {
  static_cast<void>(kind);  // The host knows one way so far.
  return change(format("/v1/jobs/{}/start?generation={}", job, generation));
}

Status RemoteRollout::stop(const std::string& job) {
  TRY_DO(change(format("/v1/jobs/{}/stop", job)));
  return Done{};
}

}  // namespace weir
