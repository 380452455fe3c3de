#include "host/known_status.h"

namespace weir {
namespace {

WallTime wall(std::int64_t milliseconds) {
  return WallTime(std::chrono::milliseconds(milliseconds));
}

OperatorStatus source() {
  OperatorStatus op;
  op.uid = "enter";
  op.kind = OperatorKind::Source;
  op.rows_in = 1'000;
  op.rows_out = 990;
  op.unnatural = 3;
  op.errors = 7;
  op.watermark = EventTime{1'795'248'000'000};
  op.watermark_holder = "enter topic/3";
  return op;
}

OperatorStatus window() {
  OperatorStatus op;
  op.uid = "attempts";
  op.kind = OperatorKind::WindowAggregate;
  op.rows_in = 990;
  op.rows_out = 40;
  op.late = 5;
  op.rejected = 2;
  op.blocked_share = 0.25;
  op.key_count = 120;
  op.state_bytes = 16'384;
  return op;
}

OperatorStatus sink() {
  OperatorStatus op;
  op.uid = "labels";
  op.kind = OperatorKind::Sink;
  op.rows_in = 40;
  op.watermark = EventTime{1'795'247'999'999};
  return op;
}

}  // namespace

HostStatus known_status() {
  JobStatus job;
  job.name = "enter-cn";
  job.plugin = "classroom";
  job.plugin_version = "1.4.0";
  job.type = "enter";
  job.job_class = "label";
  job.state = JobState::Running;
  job.started_at = wall(1'795'248'000'123);
  job.epoch.completed = 7;
  job.epoch.duration = std::chrono::milliseconds(12);
  job.epoch.completed_at = wall(1'795'248'007'000);
  job.operators = {source(), window(), sink()};
  job.splits = {{"enter", "topic/3", 512, 88, EventTime{1'795'248'000'000}, false, false},
                {"enter", "topic/4", 0, std::nullopt, std::nullopt, true, false}};
  job.sides = {{"late", true, 5}, {"errors", false, 7}};
  job.counters = {{"retries", "attempts to enter", 11}};

  HostStatus host;
  host.workers = 2;
  host.started_at = wall(1'795'248'000'000);
  host.worker_busy_share = {0.5, 0.25};
  host.jobs = {job};
  return host;
}

StatusSource known_source() {
  return {.status = known_status,
          .startup = [] { return Startup{.is_complete = true, .failures = {}}; }};
}

}  // namespace weir
