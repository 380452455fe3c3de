#include "job/job_statistics.h"

#include <algorithm>
#include <chrono>

#include "base/format.h"

namespace weir {
namespace {

bool has(const std::vector<std::size_t>& indexes, std::size_t index) {
  return std::find(indexes.begin(), indexes.end(), index) != indexes.end();
}

}  // namespace

JobStatus JobStatistics::read() const {
  JobStatus status = job_.outline();
  for (std::size_t i = 0; i < graph_.description().operators.size(); ++i) {
    status.operators.push_back(read_operator(i));
  }
  read_splits(status);
  read_sides(status);
  status.sinks = job_.run_->ports()->deliveries();
  status.counters = job_.run_->services()->counters();
  for (NamedCount& counter : job_.run_->ports()->counters())
    status.counters.push_back(std::move(counter));
  return status;
}

OperatorStatus JobStatistics::read_operator(std::size_t index) const {
  const OperatorDescription& description = graph_.description().operators[index];
  OperatorStatus status;
  status.uid = description.uid;
  status.kind = description.kind;
  for (std::size_t worker = 0; worker < graph_.worker_count(); ++worker) {
    const OperatorMeter& meter = graph_.operator_meter(worker, index);
    status.rows_in += meter.rows_in.value();
    status.rows_out += meter.rows_out.value();
    status.filtered += meter.filtered.value();
    status.unnatural += meter.unnatural.value();
    status.late += meter.late.value();
    status.errors += meter.errors.value();
    status.rejected += meter.rejected.value();
    status.key_count += meter.key_count.get();
    status.state_bytes += meter.state_bytes.get();
  }
  const auto& stages = graph_.plan().stages;
  for (std::size_t stage = 0; stage < stages.size(); ++stage) {
    if (has(stages[stage].operators, index) || has(stages[stage].sinks, index)) {
      add_time(stages[stage], stage, status);
    }
  }
  return status;
}

void JobStatistics::add_time(const StagePlan& stage,
                             std::size_t stage_index,
                             OperatorStatus& status) const {
  for (std::size_t worker = 0; worker < graph_.worker_count(); ++worker) {
    const TaskId task = graph_.task_at(worker, stage_index);
    const TaskMeter& meter = graph_.task_meter(task);
    status.blocked_share = std::max(status.blocked_share, job_.blocking_[task.value()].share);
    const EventTime watermark{meter.watermark.get()};
    // A source task without a split holds nobody back.
    const bool is_silent = watermark == EventTime::min() && stage.inputs.empty() &&
                           meter.holder.get() == TaskMeter::kNobody;
    if (is_silent || (status.watermark && *status.watermark <= watermark)) continue;
    status.watermark = watermark;
    status.watermark_holder = holder_of(task);
  }
  if (status.watermark == EventTime::min()) status.watermark.reset();
}

// Follows the slowest input of each task up to the split of a source.
std::string JobStatistics::holder_of(TaskId task) const {
  const std::size_t worker = graph_.place_of(task).worker;
  const std::size_t stage_index = *graph_.place_of(task).stage;
  const StagePlan& stage = graph_.plan().stages[stage_index];
  const std::uint32_t holder = graph_.task_meter(task).holder.get();
  if (holder == TaskMeter::kNobody) return {};
  if (stage.inputs.empty()) {
    const auto& splits = job_.run_->epochs().splits(task);
    const std::string& uid = graph_.description().operators[stage.operators.front()].uid;
    return holder < splits.size() ? format("{} {}", uid, splits[holder].position.split) : uid;
  }
  const auto from = graph_.feeder_of(worker, stage_index, holder);
  std::string found = holder_of(from);
  if (!found.empty()) return found;
  const std::size_t feeder = *graph_.place_of(from).stage;
  return graph_.description().operators[graph_.plan().stages[feeder].operators.back()].uid;
}

void JobStatistics::read_splits(JobStatus& status) const {
  for (std::uint32_t i = 0; i < graph_.task_count(); ++i) {
    const auto source = graph_.source_of(TaskId(i));
    if (!source) continue;
    for (const SplitReport& report : job_.run_->epochs().splits(TaskId(i))) {
      status.splits.push_back({.source = job_.parts_.spec.sources[*source].uid,
                               .split = report.position.split,
                               .position = report.position.position,
                               .lag = report.lag,
                               .watermark = report.watermark,
                               .is_idle = report.is_idle,
                               .has_ended = report.has_ended});
    }
  }
}

void JobStatistics::read_sides(JobStatus& status) const {
  std::uint64_t timings = 0;
  for (std::size_t worker = 0; worker < graph_.worker_count(); ++worker) {
    timings += graph_.sides(worker).timings();
  }
  std::uint64_t filtered = 0;
  std::uint64_t unnatural = 0;
  std::uint64_t late = 0;
  std::uint64_t errors = 0;
  for (const OperatorStatus& each : status.operators) {
    filtered += each.filtered;
    unnatural += each.unnatural;
    late += each.late;
    errors += each.errors + each.rejected;
  }
  const auto add = [&](SideStream stream, std::uint64_t rows) {
    status.sides.push_back(
        {std::string(name_of(stream)), job_.run_->ports()->has_side(stream), rows});
  };
  add(SideStream::Filtered, filtered);
  add(SideStream::Unnatural, unnatural);
  add(SideStream::Late, late);
  add(SideStream::Timing, timings);
  add(SideStream::Errors, errors);
}

JobStatus Job::outline() const {
  JobStatus status;
  status.name = parts_.spec.name;
  status.plugin = parts_.spec.plugin;
  status.plugin_version = parts_.code->version();
  status.type = parts_.spec.type;
  status.job_class = parts_.spec.job_class;
  return status;
}

JobStatus Job::status() const {
  JobStatus status = has_tasks_ ? JobStatistics(*this).read() : last_status_;
  status.state = state_;
  status.cause = cause_;
  status.started_at = started_at_;
  status.epoch = completed_;
  status.restarts = restarts_;
  if (swap_ != nullptr) status.swap = swap_->status;
  status.swaps = swaps_;
  status.failed_swaps = failed_swaps_;
  if (state_ == JobState::Waiting) {
    status.next_start = parts_.clock.wall_now() +
                        std::chrono::floor<std::chrono::milliseconds>(
                            next_start_ - std::min(parts_.clock.monotonic_now(), next_start_));
  }
  return status;
}

}  // namespace weir
