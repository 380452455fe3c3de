#include "job/job.h"

#include <algorithm>
#include <utility>

#include "base/check.h"
#include "base/crash_point.h"
#include "base/format.h"
#include "job/job_statistics.h"

namespace weir {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr seconds kSampleInterval{1};
// How often the sources are asked how much they have read, where an epoch ends by that.
constexpr milliseconds kLookInterval{10};
constexpr GrowingDelay::Limits kRestartDelays{milliseconds(100), seconds(30)};
constexpr GrowingDelay::Limits kRetryDelays{milliseconds(100), seconds(5)};
// Who ran for so long starts again without much delay.
constexpr seconds kGoodRun{60};

milliseconds between(MonotonicTime from, MonotonicTime to) {
  return std::chrono::floor<milliseconds>(to - from);
}

}  // namespace

Job::Job(JobParts parts)
    : parts_(std::move(parts)),
      started_at_(parts_.clock.wall_now()),
      owner_(new_owner(parts_.clock)),
      run_id_(parts_.id),
      restart_delay_(kRestartDelays),
      retry_delay_(kRetryDelays) {
  owner_.gives_up = ending_.get_token();
  last_status_ = outline();
}

Job::~Job() {
  CHECK(is_over(state_));
}

void Job::start_run() {
  run_ = std::make_unique<JobRun>(JobRunParts{.spec = parts_.spec,
                                              .code = parts_.code,
                                              .find_connector = parts_.find_connector,
                                              .open_image = parts_.open_image,
                                              .workers = parts_.workers,
                                              .reports = *this,
                                              .clock = parts_.clock,
                                              .sites = parts_.sites,
                                              .suspects = parts_.suspects,
                                              .owner = owner_,
                                              .log = parts_.log});
  if (Status found = run_->step(); !found) return fail(found.error());
  proceed();
}

void Job::proceed() {
  if (run_->stage() == JobRun::Stage::Ready) return hand_over();
  if (run_->stage() == JobRun::Stage::Restore && run_->is_recoverable()) {
    enter(JobState::Restoring);
  }
  work([this] { return run_->step(); });
}

void Job::hand_over() {
  blocking_.assign(run_->graph()->task_count(), {});
  completed_.completed = run_->restored();
  sampled_at_ = looked_at_ = ran_since_ = parts_.clock.monotonic_now();
  next_epoch_ = sampled_at_ + parts_.spec.epoch;
  bytes_before_ = 0;
  std::vector<Tasks> tasks = run_->graph()->take_tasks();
  has_tasks_ = true;
  workers_missing_ = tasks.size();
  for (std::size_t worker = 0; worker < tasks.size(); ++worker) {
    parts_.workers[worker]->add(run_id_, std::move(tasks[worker]));
  }
  cause_.clear();
  enter(JobState::Running);
  resume_swap();
}

void Job::work(std::function<Status()> piece) {
  CHECK(!is_working_);
  is_working_ = true;
  parts_.thread->run(std::move(piece), [this, run = run_id_](Status outcome) {
    parts_.post(WorkDone{run, std::move(outcome)});
  });
}

void Job::enter(JobState next) {
  CHECK(may_follow(state_, next));
  state_ = next;
  if (is_over(next)) close_swap();
  if (is_over(next) && swap_ != nullptr && swap_->must_go_back) go_back();
  parts_.state_changed(next);
}

void Job::passed(TaskId task,
                 std::uint64_t epoch,
                 std::vector<SplitReport> splits,
                 std::vector<OperatorDelta> deltas) {
  parts_.post(BarrierPassed{run_id_, task, epoch, std::move(splits), std::move(deltas)});
}

void Job::finished(TaskId task,
                   std::vector<SplitReport> splits,
                   std::vector<OperatorDelta> deltas) {
  parts_.post(TaskFinished{run_id_, task, std::move(splits), std::move(deltas)});
}

void Job::failed(TaskId task, Error error) {
  parts_.post(TaskFailed{run_id_, task, std::move(error)});
}

void Job::handle(BarrierPassed event) {
  if (is_ending()) return;
  auto closed = run_->epochs().passed(
      event.task, event.epoch, {std::move(event.splits), std::move(event.deltas)});
  if (closed) close(*std::move(closed));
}

void Job::handle(TaskFinished event) {
  if (is_ending()) return;
  EpochCoordinator& epochs = run_->epochs();
  auto closed = epochs.finished(event.task, {std::move(event.splits), std::move(event.deltas)});
  if (closed) close(*std::move(closed));
  if (is_ending() || !epochs.all_finished()) return;
  ClosedEpoch rest = epochs.close_rest();
  rest_epoch_ = rest.number;
  epochs_.push_back({.number = rest.number, .began_at = parts_.clock.monotonic_now()});
  close(std::move(rest));
}

void Job::handle(TaskFailed event) {
  if (!is_ending()) fail(event.error);
}

void Job::handle(TasksReturned event) {
  returned_.push_back(std::move(event.tasks));
  --workers_missing_;
  settle_end();
}

void Job::handle(WorkDone event) {
  is_working_ = false;
  if (copies_.is_under_way()) {
    copies_.finish(std::move(event.outcome));
    return is_ending() ? settle_end() : drive_commit();
  }
  const SwapWork swap_work = std::exchange(swap_work_, SwapWork::None);
  if (is_ending()) return settle_end();
  if (swap_work != SwapWork::None) return follow_swap_work(swap_work, event.outcome);
  if (has_tasks_) return follow_commit(event.outcome);
  if (!event.outcome) return fail(event.outcome.error());
  proceed();
}

void Job::drain(MonotonicTime deadline) {
  switch (state_) {
    case JobState::Running:
      if (is_ending()) return;  // Its sources ended, and its run is being closed.
      cancel_swap();
      drain_deadline_ = deadline;
      enter(JobState::Draining);
      if (may_begin_epoch()) begin_epoch();
      return;
    case JobState::Starting:
    case JobState::Restoring: ending_.request_stop(); return end(JobState::Stopped);
    case JobState::Waiting: return enter(JobState::Stopped);
    case JobState::Failing:
      if (outcome_ == JobState::Waiting) outcome_ = JobState::Stopped;
      ending_.request_stop();
      return;
    case JobState::Draining:
      if (!is_finishing()) return;
      cancel_swap();
      if (outcome_ == JobState::Waiting) outcome_ = JobState::Stopped;
      drain_deadline_ = deadline;
      return;
    case JobState::Finished:
    case JobState::Stopped:
    case JobState::Failed: return;
  }
}

Status Job::may_copy_state() const {
  const std::string& name = parts_.spec.name;
  if (!has_tasks_ || is_ending()) {
    return Error(ErrorKind::Unavailable, format("job {} is {}", name, name_of(state_)));
  }
  if (run_->image() == nullptr) {
    return Error(ErrorKind::Invalid,
                 format("job {} keeps no state: a crash repeats everything", name));
  }
  if (!completed_.pause.empty()) {
    return Error(ErrorKind::Unavailable, format("job {} is paused: {}", name, completed_.pause));
  }
  if (completed_.completed == 0) {
    return Error(ErrorKind::Unavailable, format("job {} has no epoch that is final yet", name));
  }
  return Done{};
}

void Job::copy_state(std::filesystem::path folder, StateCopies::Answer answer) {
  if (Status able = may_copy_state(); !able) return answer(std::move(able));
  copies_.ask(std::move(folder), std::move(answer));
  drive_commit();
}

void Job::abandon() {
  ending_.request_stop();
  if (state_ == JobState::Waiting) return enter(JobState::Failed);
  if (outcome_ == JobState::Waiting) outcome_ = JobState::Failed;
  if (!is_ending()) fail(Error(ErrorKind::Invalid, "the host went away"));
}

void Job::tick() {
  if (is_ending() || is_over(state_)) return;
  const MonotonicTime now = parts_.clock.monotonic_now();
  if (state_ == JobState::Waiting) {
    if (now < next_start_) return;
    if (!swap_is_in(SwapPhase::Starting)) ++restarts_;
    run_id_ = parts_.next_run();
    enter(JobState::Starting);
    return start_run();
  }
  if (!has_tasks_) return;
  looked_at_ = now;
  if (now - sampled_at_ >= kSampleInterval) {
    sample_blocking(now);
    watch();
  }
  if (drain_deadline_ && now >= *drain_deadline_) {
    ending_.request_stop();
    return fail(Error(ErrorKind::Invalid, "did not get rid of its rows in time"));
  }
  if (retry_at_ && now >= *retry_at_) {
    retry_at_.reset();
    drive_commit();
  }
  const bool is_due = now >= next_epoch_ || has_read_enough() || swap_is_in(SwapPhase::Waiting);
  if (may_begin_epoch() && is_due) begin_epoch();
}

MonotonicTime Job::next_due() const {
  if (is_ending() || is_over(state_)) return MonotonicTime::max();
  if (state_ == JobState::Waiting) return next_start_;
  if (!has_tasks_) return MonotonicTime::max();
  MonotonicTime due = sampled_at_ + kSampleInterval;
  if (drain_deadline_) due = std::min(due, *drain_deadline_);
  if (retry_at_) due = std::min(due, *retry_at_);
  if (may_begin_epoch()) {
    due = std::min(due, next_epoch_);
    if (parts_.spec.epoch_bytes) due = std::min(due, looked_at_ + kLookInterval);
  }
  return due;
}

bool Job::has_read_enough() const {
  if (!parts_.spec.epoch_bytes) return false;
  const auto limit = static_cast<std::uint64_t>(*parts_.spec.epoch_bytes);
  return run_->graph()->bytes_read() - bytes_before_ >= limit;
}

bool Job::may_begin_epoch() const {
  return !run_->epochs().is_under_way() && !run_->epochs().all_finished() && !last_epoch_ &&
         epochs_.size() <= EpochCommitter::kWaitingMax;
}

// The sources look at `epoch` first: what goes with it must be there by then.
void Job::begin_epoch() {
  const MonotonicTime now = parts_.clock.monotonic_now();
  const std::uint64_t epoch = run_->epochs().begin();
  epochs_.push_back({.number = epoch, .began_at = now});
  next_epoch_ = now + parts_.spec.epoch;
  bytes_before_ = run_->graph()->bytes_read();
  SourceRequests& requests = run_->graph()->requests();
  if (state_ == JobState::Draining) {
    last_epoch_ = epoch;
    requests.last_epoch.set(epoch);
    WEIR_CRASH_POINT("drain.begun");
  }
  requests.flip.set(flip_at(epoch));
  requests.epoch.set(epoch);
  for (Worker* worker : parts_.workers)
    worker->parker().wake();
}

void Job::close(ClosedEpoch closed) {
  Epoch& epoch = epochs_.back();
  CHECK(epoch.number == closed.number);
  epoch.closed_at = parts_.clock.monotonic_now();
  closed_.push_back(run_->delta_of(std::move(closed)));
  epoch.positions = closed_.back().positions;
  follow_flip(epoch.number);
  drive_commit();
}

void Job::drive_commit() {
  while (!is_ending() && !is_working_ && !retry_at_) {
    if (start_swap_work()) return;
    EpochCommitter& committer = run_->committer();
    if (committer.is_idle()) {
      if (copies_.are_wanted()) {
        return work(
            [image = run_->image(), folder = copies_.begin()] { return image->copy_to(folder); });
      }
      if (closed_.empty()) return;
      committer.take(std::move(closed_.front()));
      closed_.pop_front();
    }
    if (committer.next() != EpochCommitter::Step::Idle) {
      return work([this]() -> Status {
        committed_ = run_->committer().step();
        return committed_ ? Status(Done{}) : Status(committed_.error());
      });
    }
    complete_epoch(**committer.step());
  }
}

void Job::follow_commit(const Status& outcome) {
  if (!outcome) {
    if (outcome.error().kind() != ErrorKind::Unavailable || !run_->committer().may_try_again()) {
      return fail(outcome.error());
    }
    if (completed_.pause.empty()) parts_.log.error("paused: {}", outcome.error().message());
    completed_.pause = outcome.error().message();
    retry_at_ = parts_.clock.monotonic_now() + retry_delay_.next();
    return;
  }
  if (!completed_.pause.empty()) parts_.log.info("goes on");
  completed_.pause.clear();
  retry_delay_.reset();
  if (*committed_) complete_epoch(**committed_);
  if (!is_ending()) drive_commit();
}

void Job::complete_epoch(std::uint64_t number) {
  const Epoch epoch = std::move(epochs_.front());
  epochs_.pop_front();
  CHECK(epoch.number == number);
  WEIR_CRASH_POINT("epoch.completed");
  if (Status committed = commit_positions(epoch.positions); !committed) {
    return fail(committed.error());
  }
  const MonotonicTime now = parts_.clock.monotonic_now();
  completed_ = {.completed = number,
                .duration = between(epoch.began_at, now),
                .commit = between(epoch.closed_at, now),
                .completed_at = parts_.clock.wall_now(),
                .pause = {}};
  follow_completion(number);
  if (number == rest_epoch_) return end(JobState::Finished);
  if (number == last_epoch_ && !run_->epochs().all_finished()) {
    WEIR_CRASH_POINT("drain.completed");
    return end(is_finishing() ? JobState::Waiting : JobState::Stopped);
  }
  if (state_ == JobState::Draining && may_begin_epoch()) begin_epoch();
}

// A commit that fails for now is made up for by the next one: the positions only grow.
Status Job::commit_positions(const std::vector<SourcePositions>& positions) {
  for (std::size_t i = 0; i < positions.size(); ++i) {
    if (positions[i].positions.empty()) continue;
    Status committed = run_->ports()->commit(i, positions[i].positions);
    if (committed) continue;
    if (committed.error().kind() != ErrorKind::Unavailable) {
      return std::move(committed).error().during("commit positions");
    }
    parts_.log.warning("positions are not committed yet: {}", committed.error().message());
  }
  return Done{};
}

void Job::fail(const Error& error) {
  // What new code does wrong before it is trusted, the old code may do right.
  const bool is_unavailable = error.kind() == ErrorKind::Unavailable;
  const bool is_of_the_world = swap_is_in(SwapPhase::Probation) && is_unavailable;
  const bool is_changing = swap_is_in(SwapPhase::Flipping) || swap_is_in(SwapPhase::Committing) ||
                           swap_is_in(SwapPhase::Probation);
  const bool may_restart =
      !ending_.stop_requested() && (swap_is_in(SwapPhase::Starting) ||
                                    ((state_ != JobState::Draining || is_finishing()) &&
                                     run_->is_recoverable() && (is_changing || is_unavailable)));
  cause_ = format("job {}: {}", parts_.spec.name, error.message());
  parts_.log.error("failed: {}", error.text());
  if (!is_of_the_world) fail_swap(error.message());
  enter(JobState::Failing);
  end(may_restart ? JobState::Waiting : JobState::Failed);
}

void Job::end(JobState outcome) {
  outcome_ = outcome;
  copies_.refuse(
      {ErrorKind::Unavailable, format("job {} is {}", parts_.spec.name, name_of(outcome))});
  if (has_tasks_) {
    last_status_ = JobStatistics(*this).read();
    for (Worker* worker : parts_.workers) {
      worker->remove(run_id_, [this, run = run_id_](Tasks tasks) {
        parts_.post(TasksReturned{run, std::move(tasks)});
      });
    }
  }
  settle_end();
}

void Job::settle_end() {
  if (workers_missing_ > 0 || is_working_) return;
  if (run_ != nullptr && !std::exchange(is_closing_, true)) return close_run();
  is_closing_ = false;
  // A host that goes away may not have done the piece.
  returned_.clear();
  run_.reset();
  const JobState outcome = *std::exchange(outcome_, std::nullopt);
  if (swap_ != nullptr && swap_->must_go_back) go_back();
  if (outcome == JobState::Waiting && is_finishing()) {
    start_new_code();
  } else if (outcome == JobState::Waiting) {
    const milliseconds delay = restart_delay_.next();
    next_start_ = parts_.clock.monotonic_now() + delay;
    parts_.log.warning("starts again in {} ms", delay.count());
  }
  enter(outcome);
}

// Clients may wait for the outside world when they are closed.
void Job::close_run() {
  if (std::exchange(has_tasks_, false)) {
    last_status_ = JobStatistics(*this).read();
    if (parts_.clock.monotonic_now() - ran_since_ >= kGoodRun) restart_delay_.reset();
    if (is_finishing()) {
      for (const JobGraph::Gap& gap : run_->graph()->end_gaps())
        swap_->gaps.emplace(gap.port, gap.reading);
    }
  }
  epochs_.clear();
  closed_.clear();
  counts_.clear();
  last_epoch_.reset();
  rest_epoch_.reset();
  must_release_code_ = false;
  retry_at_.reset();
  retry_delay_.reset();
  completed_.pause.clear();
  work([this]() -> Status {
    returned_.clear();
    WEIR_CRASH_POINT("run.closing");
    run_.reset();
    WEIR_CRASH_POINT("run.closed");
    return Done{};
  });
}

void Job::sample_blocking(MonotonicTime now) {
  const auto elapsed = static_cast<double>((now - sampled_at_).count());
  const auto now_count = now.time_since_epoch().count();
  for (std::size_t i = 0; i < blocking_.size(); ++i) {
    const TaskMeter& meter = run_->graph()->task_meter(TaskId(static_cast<std::uint32_t>(i)));
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

}  // namespace weir
