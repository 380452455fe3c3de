#include "job/job.h"

#include <algorithm>
#include <utility>

#include "base/check.h"
#include "base/format.h"
#include "job/job_statistics.h"

namespace weir {
namespace {

constexpr std::chrono::seconds kSampleInterval{1};

bool may_follow(JobState from, JobState to) {
  switch (from) {
    case JobState::Starting: return to == JobState::Running;
    case JobState::Running:
      return to == JobState::Draining || to == JobState::Finished || to == JobState::Failing;
    case JobState::Draining:
      return to == JobState::Stopped || to == JobState::Finished || to == JobState::Failing;
    case JobState::Failing: return to == JobState::Failed;
    case JobState::Finished:
    case JobState::Stopped:
    case JobState::Failed: return false;
  }
  return false;
}

}  // namespace

Result<std::unique_ptr<Job>> Job::start(JobParts parts) {
  const std::string name = parts.spec.name;
  std::unique_ptr<Job> job(new Job(std::move(parts)));
  if (Status built = job->build(); !built) {
    job->state_ = JobState::Failed;
    return std::move(built).error().during("start job " + name);
  }
  job->hand_over();
  return job;
}

Job::Job(JobParts parts)
    : parts_(std::move(parts)), epochs_(0), started_at_(parts_.clock.wall_now()) {}

Job::~Job() {
  CHECK(is_over(state_));
}

Status Job::build() {
  TRY(services_, JobServices::open(parts_.spec.pools, parts_.log, parts_.clock));
  TRY(ports_, JobPorts::open(parts_.spec, parts_.find_connector));
  TRY(graph_,
      JobGraph::build({.spec = parts_.spec,
                       .code = *parts_.code,
                       .ports = *ports_,
                       .services = services_,
                       .workers = parts_.workers,
                       .reports = *this,
                       .clock = parts_.clock,
                       .sites = parts_.sites,
                       .suspects = parts_.suspects}));
  epochs_ = EpochCoordinator(graph_->task_count());
  splits_.resize(graph_->task_count());
  blocking_.resize(graph_->task_count());
  return Done{};
}

void Job::hand_over() {
  sampled_at_ = parts_.clock.monotonic_now();
  next_epoch_ = sampled_at_ + parts_.spec.epoch;
  std::vector<Tasks> tasks = graph_->take_tasks();
  workers_missing_ = tasks.size();
  for (std::size_t worker = 0; worker < tasks.size(); ++worker) {
    parts_.workers[worker]->add(parts_.run, std::move(tasks[worker]));
  }
  enter(JobState::Running);
}

void Job::enter(JobState next) {
  CHECK(may_follow(state_, next));
  state_ = next;
  parts_.state_changed(next);
}

void Job::passed(TaskId task,
                 std::uint64_t epoch,
                 std::vector<SplitReport> splits,
                 std::vector<OperatorDelta> deltas) {
  parts_.post(BarrierPassed{parts_.run, task, epoch, std::move(splits), std::move(deltas)});
}

void Job::finished(TaskId task,
                   std::vector<SplitReport> splits,
                   std::vector<OperatorDelta> deltas) {
  parts_.post(TaskFinished{parts_.run, task, std::move(splits), std::move(deltas)});
}

void Job::failed(TaskId task, Error error) {
  parts_.post(TaskFailed{parts_.run, task, std::move(error)});
}

void Job::handle(BarrierPassed event) {
  if (is_ending()) return;
  splits_[event.task.value()] = std::move(event.splits);
  if (const auto complete = epochs_.passed(event.task, event.epoch)) complete_epoch(*complete);
}

void Job::handle(TaskFinished event) {
  if (is_ending()) return;
  splits_[event.task.value()] = std::move(event.splits);
  const auto complete = epochs_.finished(event.task);
  if (complete) complete_epoch(*complete);
  if (is_ending() || !epochs_.all_finished()) return;
  if (Status committed = commit_positions(); !committed) return fail(committed.error());
  end(JobState::Finished);
}

void Job::handle(TaskFailed event) {
  if (!is_ending()) fail(event.error);
}

void Job::handle(TasksReturned event) {
  event.tasks.clear();
  if (--workers_missing_ == 0) enter(*outcome_);
}

void Job::drain(MonotonicTime deadline) {
  if (state_ != JobState::Running) return;
  drain_deadline_ = deadline;
  enter(JobState::Draining);
  if (!epochs_.is_under_way()) begin_epoch();
}

void Job::abandon() {
  if (!is_ending()) fail(Error(ErrorKind::Unavailable, "the host went away"));
}

void Job::tick() {
  if (is_ending() || is_over(state_)) return;
  const MonotonicTime now = parts_.clock.monotonic_now();
  if (now - sampled_at_ >= kSampleInterval) sample_blocking(now);
  if (drain_deadline_ && now >= *drain_deadline_) {
    fail(Error(ErrorKind::Unavailable, "did not get rid of its rows in time"));
  } else if (!epochs_.is_under_way() && now >= next_epoch_) {
    begin_epoch();
  }
}

MonotonicTime Job::next_due() const {
  if (is_ending() || is_over(state_)) return MonotonicTime::max();
  MonotonicTime due = sampled_at_ + kSampleInterval;
  if (drain_deadline_) due = std::min(due, *drain_deadline_);
  if (!epochs_.is_under_way()) due = std::min(due, next_epoch_);
  return due;
}

// The sources look at `epoch` first: what it says about the last one must be there by then.
void Job::begin_epoch() {
  epoch_began_ = parts_.clock.monotonic_now();
  const std::uint64_t epoch = epochs_.begin();
  if (state_ == JobState::Draining) {
    last_epoch_ = epoch;
    graph_->requests().last_epoch.set(epoch);
  }
  graph_->requests().epoch.set(epoch);
  for (Worker* worker : parts_.workers)
    worker->parker().wake();
}

void Job::complete_epoch(std::uint64_t epoch) {
  if (Status committed = commit_positions(); !committed) return fail(committed.error());
  const MonotonicTime now = parts_.clock.monotonic_now();
  completed_ = {.completed = epoch,
                .duration = std::chrono::floor<std::chrono::milliseconds>(now - epoch_began_),
                .completed_at = parts_.clock.wall_now()};
  next_epoch_ = std::max(now, epoch_began_ + parts_.spec.epoch);
  if (state_ != JobState::Draining || epochs_.all_finished()) return;
  if (epoch == last_epoch_) {
    end(JobState::Stopped);
  } else {
    begin_epoch();
  }
}

// A commit that fails for now is made up for by the next one: the positions only grow.
Status Job::commit_positions() {
  for (std::size_t i = 0; i < parts_.spec.sources.size(); ++i) {
    std::vector<SplitPosition> positions;
    for (std::size_t task = 0; task < splits_.size(); ++task) {
      if (graph_->source_of(TaskId(static_cast<std::uint32_t>(task))) != i) continue;
      for (const SplitReport& split : splits_[task])
        positions.push_back(split.position);
    }
    if (positions.empty()) continue;
    Status committed = ports_->commit(i, positions);
    if (committed) continue;
    if (committed.error().kind() != ErrorKind::Unavailable) {
      return std::move(committed).error().during("commit positions");
    }
    parts_.log.warning("positions are not committed yet: {}", committed.error().message());
  }
  return Done{};
}

void Job::end(JobState outcome) {
  outcome_ = outcome;
  for (Worker* worker : parts_.workers) {
    worker->remove(parts_.run, [this](Tasks tasks) {
      parts_.post(TasksReturned{parts_.run, std::move(tasks)});
    });
  }
}

void Job::fail(const Error& error) {
  cause_ = format("job {}: {}", parts_.spec.name, error.message());
  parts_.log.error("failed: {}", error.text());
  enter(JobState::Failing);
  end(JobState::Failed);
}

void Job::sample_blocking(MonotonicTime now) {
  const auto elapsed = static_cast<double>((now - sampled_at_).count());
  const auto now_count = now.time_since_epoch().count();
  for (std::size_t i = 0; i < blocking_.size(); ++i) {
    const TaskMeter& meter = graph_->task_meter(TaskId(static_cast<std::uint32_t>(i)));
    std::uint64_t total = meter.blocked.value();
    if (const auto since = meter.blocked_since.get();
        since != TaskMeter::kFree && since < now_count) {
      total += static_cast<std::uint64_t>(now_count - since);
    }
    Blocking& blocking = blocking_[i];
    const std::uint64_t added = total > blocking.total ? total - blocking.total : 0;
    blocking.share = std::min(1.0, static_cast<double>(added) / elapsed);
    blocking.total = std::max(blocking.total, total);
  }
  sampled_at_ = now;
}

JobStatus Job::status() const {
  return JobStatistics(*this).read();
}

}  // namespace weir
