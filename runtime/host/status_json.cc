#include "host/status_json.h"

#include <algorithm>

#include <boost/json.hpp>

#include "host/job_summary.h"
#include "host/time_text.h"
#include "host/version.h"

namespace weir {
namespace {

namespace json = boost::json;

json::value or_null(const std::optional<std::string>& text) {
  return text ? json::value(*text) : json::value(nullptr);
}

json::value or_null(std::optional<std::int64_t> number) {
  return number ? json::value(*number) : json::value(nullptr);
}

json::object short_document(const JobStatus& job) {
  const JobSummary summary = summarize(job);
  std::optional<std::string> next_start;
  if (job.next_start) next_start = time_text(*job.next_start);
  return {{"name", job.name},
          {"plugin", job.plugin},
          {"plugin_version", job.plugin_version},
          {"type", job.type},
          {"class", job.job_class},
          {"state", name_of(job.state)},
          {"cause", job.cause},
          {"started_at", time_text(job.started_at)},
          {"restarts", job.restarts},
          {"next_start", or_null(next_start)},
          {"records_in", summary.records_in},
          {"rows_out", summary.rows_out},
          {"filtered", summary.filtered},
          {"unnatural", summary.unnatural},
          {"late", summary.late},
          {"errors", summary.errors},
          {"watermark", or_null(time_text(summary.watermark))},
          {"lag", or_null(summary.lag)}};
}

json::object operator_document(const OperatorStatus& op) {
  return {{"uid", op.uid},
          {"kind", name_of(op.kind)},
          {"rows_in", op.rows_in},
          {"rows_out", op.rows_out},
          {"filtered", op.filtered},
          {"unnatural", op.unnatural},
          {"late", op.late},
          {"errors", op.errors},
          {"rejected", op.rejected},
          {"watermark", or_null(time_text(op.watermark))},
          {"watermark_holder", op.watermark_holder},
          {"blocked_share", op.blocked_share},
          {"key_count", op.key_count},
          {"state_bytes", op.state_bytes}};
}

json::object split_document(const SplitStatus& split) {
  return {{"source", split.source},
          {"split", split.split},
          {"position", split.position},
          {"lag", or_null(split.lag)},
          {"watermark", or_null(time_text(split.watermark))},
          {"is_idle", split.is_idle},
          {"has_ended", split.has_ended}};
}

json::object epoch_document(const EpochStatus& epoch) {
  std::optional<std::string> completed_at;
  if (epoch.completed_at) completed_at = time_text(*epoch.completed_at);
  return {{"completed", epoch.completed},
          {"duration_ms", epoch.duration.count()},
          {"commit_ms", epoch.commit.count()},
          {"pause", epoch.pause},
          {"completed_at", or_null(completed_at)}};
}

double milliseconds(std::chrono::nanoseconds duration) {
  return std::chrono::duration<double, std::milli>(duration).count();
}

json::object swap_document(const SwapStatus& swap) {
  json::array gaps;
  for (const SwapGap& gap : swap.gaps) {
    gaps.push_back({{"port", gap.port},
                    {"direction", gap.is_source ? "source" : "sink"},
                    {"batches", gap.batches},
                    {"longest_ms", milliseconds(gap.longest)}});
  }
  std::optional<std::int64_t> last_epoch;
  if (swap.last_epoch) last_epoch = static_cast<std::int64_t>(*swap.last_epoch);
  return {{"kind", name_of(swap.kind)},
          {"phase", name_of(swap.phase)},
          {"cause", swap.cause},
          {"verdict", swap.verdict},
          {"reason", swap.reason},
          {"from_version", swap.from_version},
          {"to_version", swap.to_version},
          {"asked_at", time_text(swap.asked_at)},
          {"last_epoch", or_null(last_epoch)},
          {"load_ms", milliseconds(swap.load)},
          {"construct_ms", milliseconds(swap.construct)},
          {"wait_ms", milliseconds(swap.wait)},
          {"flip_ms", milliseconds(swap.flip)},
          {"commit_ms", milliseconds(swap.commit)},
          {"start_ms", milliseconds(swap.start)},
          {"converted", swap.converted},
          {"gaps", gaps}};
}

json::object slow_call_document(const SlowCallStatus& call) {
  return {{"worker", call.worker},
          {"operator", call.operator_uid},
          {"lasting_ms", call.lasting.count()},
          {"split", call.split},
          {"first_offset", call.first_offset},
          {"last_offset", call.last_offset}};
}

}  // namespace

std::string jobs_document(const HostStatus& status) {
  json::array busy;
  for (const double share : status.worker_busy_share)
    busy.push_back(share);
  json::array jobs;
  for (const JobStatus& job : status.jobs)
    jobs.push_back(short_document(job));
  const json::object document = {{"host",
                                  {{"version", weir_version()},
                                   {"started_at", time_text(status.started_at)},
                                   {"workers", status.workers},
                                   {"worker_busy_share", busy}}},
                                 {"jobs", jobs}};
  return json::serialize(document);
}

std::optional<std::string> job_document(const HostStatus& status, std::string_view name) {
  const auto job = std::find_if(status.jobs.begin(), status.jobs.end(), [&](const auto& other) {
    return other.name == name;
  });
  if (job == status.jobs.end()) return std::nullopt;

  json::object document = short_document(*job);
  document["epoch"] = epoch_document(job->epoch);
  document["swaps"] = job->swaps;
  document["failed_swaps"] = job->failed_swaps;
  document["swap"] = job->swap ? json::value(swap_document(*job->swap)) : json::value(nullptr);
  json::array operators;
  for (const OperatorStatus& op : job->operators)
    operators.push_back(operator_document(op));
  document["operators"] = std::move(operators);
  json::array splits;
  for (const SplitStatus& split : job->splits)
    splits.push_back(split_document(split));
  document["splits"] = std::move(splits);
  json::array sides;
  for (const SideStatus& side : job->sides) {
    sides.push_back(
        {{"stream", side.stream}, {"is_connected", side.is_connected}, {"rows", side.rows}});
  }
  document["sides"] = std::move(sides);
  json::array sinks;
  for (const SinkStatus& sink : job->sinks)
    sinks.push_back({{"port", sink.port}, {"delivery", name_of(sink.delivery)}});
  document["sinks"] = std::move(sinks);
  json::array counters;
  for (const NamedCount& counter : job->counters) {
    counters.push_back({{"name", counter.name}, {"doc", counter.doc}, {"value", counter.value}});
  }
  document["counters"] = std::move(counters);
  json::array slow_calls;
  for (const SlowCallStatus& call : status.slow_calls) {
    if (call.job == job->name) slow_calls.push_back(slow_call_document(call));
  }
  document["slow_calls"] = std::move(slow_calls);
  return json::serialize(document);
}

}  // namespace weir
