// How a job changes its code. See JobSwap and SwapPhase.
#include "job/job_swap.h"

#include <utility>

#include "base/check.h"
#include "base/crash_point.h"
#include "base/format.h"
#include "job/job.h"

namespace weir {
namespace {

// Seconds of a job's past that new code is compared with.
constexpr std::size_t kCountsMax = 60;

}  // namespace

std::chrono::nanoseconds JobSwap::enter(SwapPhase next, MonotonicTime now) {
  CHECK(!is_over());
  status.phase = next;
  return now - std::exchange(since, now);
}

Result<SwapDecision> Job::swap(SwapRequest request) {
  const std::string& job_name = parts_.spec.name;
  const bool is_way_back =
      swap_is_in(SwapPhase::Probation) && request.spec.plugin_path == swap_->old_spec.plugin_path;
  if (swap_ != nullptr && !swap_->is_over() && !is_way_back) {
    return Error(
        ErrorKind::Unavailable,
        format("a swap of job {} is under way: {}", job_name, name_of(swap_->status.phase)));
  }
  if (state_ != JobState::Running || is_ending() || run_->epochs().all_finished()) {
    return Error(ErrorKind::Unavailable,
                 format("job {} is {}: only a running one is swapped", job_name, name_of(state_)));
  }
  auto decision = decide_swap(
      {parts_.spec, parts_.code->description(), parts_.code->version(), parts_.code->build_id()},
      {request.spec,
       request.code->description(),
       request.code->version(),
       request.code->build_id()});
  if (!decision) return std::move(decision).error().during("swap job " + job_name);
  if (decision->kind == SwapKind::Restart && !run_->is_recoverable()) {
    return Error(ErrorKind::Invalid,
                 format("swap job {}: {}, so it must start again, and it keeps no state for that",
                        job_name,
                        decision->reason));
  }
  SwapStatus status{.kind = decision->kind,
                    .reason = decision->reason,
                    .from_version = parts_.code->version(),
                    .to_version = request.code->version(),
                    .asked_at = parts_.clock.wall_now(),
                    .load = request.load};
  if (decision->kind == SwapKind::Nothing) {
    adopt_settings(request.spec);
    status.phase = SwapPhase::Over;
    if (request.answer) request.answer(status);
    return decision;
  }
  if (is_way_back) end_swap(SwapPhase::Failed, "was taken back");
  const MonotonicTime now = parts_.clock.monotonic_now();
  swap_ = std::make_unique<JobSwap>(std::move(request), *decision, std::move(status), now);
  swap_->before = counts();
  swap_->earlier = counts_.empty() ? swap_->before : counts_.front();
  run_->graph()->begin_gaps({});
  parts_.log.info("swap from {} to {}: {}",
                  swap_->status.from_version,
                  swap_->status.to_version,
                  name_of(decision->kind));
  drive_commit();
  return decision;
}

// Whether the job's thread has got something to do.
bool Job::start_swap_work() {
  if (std::exchange(must_release_code_, false)) {
    swap_work_ = SwapWork::Release;
    work([this]() -> Status {
      run_->release_code();
      return Done{};
    });
    return true;
  }
  if (swap_ == nullptr || !swap_->is_in(SwapPhase::Constructing)) return false;
  swap_work_ = SwapWork::Construct;
  work([this, spec = swap_->request.spec, code = swap_->request.code]() mutable {
    return run_->construct(spec, std::move(code));
  });
  return true;
}

void Job::follow_swap_work(SwapWork done, const Status& outcome) {
  if (done == SwapWork::Construct) {
    if (!outcome) {
      fail_swap(outcome.error().message());
    } else {
      follow_construction();
    }
  }
  if (!is_ending()) drive_commit();
}

void Job::follow_construction() {
  if (swap_->is_over()) {
    must_release_code_ = true;
    return;
  }
  const MonotonicTime now = parts_.clock.monotonic_now();
  const auto phase = swap_->is_restart() ? SwapPhase::Finishing : SwapPhase::Waiting;
  swap_->status.construct = swap_->enter(phase, now);
  if (swap_->is_restart()) enter(JobState::Draining);
  if (may_begin_epoch()) begin_epoch();
}

// What the barrier of `epoch`, which begins, carries.
const CodeFlip* Job::flip_at(std::uint64_t epoch) {
  const bool is_last = swap_ != nullptr && (swap_->is_in(SwapPhase::Waiting) ||
                                            (is_finishing() && !swap_->status.last_epoch));
  if (!is_last) return nullptr;
  swap_->status.last_epoch = epoch;
  const MonotonicTime now = parts_.clock.monotonic_now();
  if (is_finishing()) {
    swap_->status.wait = swap_->enter(SwapPhase::Finishing, now);
    return nullptr;
  }
  swap_->status.wait = swap_->enter(SwapPhase::Flipping, now);
  return run_->flip();
}

// An epoch is closed: its barrier has passed every task.
void Job::follow_flip(std::uint64_t epoch) {
  if (swap_ == nullptr || swap_->is_over()) return;
  const MonotonicTime now = parts_.clock.monotonic_now();
  if (swap_is_in(SwapPhase::Starting)) {
    swap_->status.start = swap_->enter(SwapPhase::Starting, now);
    swap_->status.converted = run_->converted();
    return begin_probation();
  }
  if (epoch != swap_->status.last_epoch) return;
  if (is_finishing()) {
    swap_->status.flip = swap_->enter(SwapPhase::Finishing, now);
    return;
  }
  swap_->status.flip = swap_->enter(SwapPhase::Committing, now);
  run_->exchange_code();
  become_new();
  counts_.clear();
  WEIR_CRASH_POINT("swap.flipped");
}

// An epoch is final.
void Job::follow_completion(std::uint64_t epoch) {
  if (swap_ == nullptr || swap_->is_over() || epoch != swap_->status.last_epoch) return;
  const MonotonicTime now = parts_.clock.monotonic_now();
  swap_->status.commit = swap_->enter(swap_->status.phase, now);
  if (swap_->is_in(SwapPhase::Committing)) begin_probation();
}

// The new code runs.
void Job::begin_probation() {
  read_gaps();
  if (swap_->request.probation.lasts.count() == 0) return end_swap(SwapPhase::Over, {});
  must_release_code_ = true;
  swap_->enter(SwapPhase::Probation, parts_.clock.monotonic_now());
  swap_->probation.emplace(swap_->request.probation, swap_->earlier, swap_->before, counts());
}

// Every second.
void Job::watch() {
  counts_.push_back(counts());
  if (counts_.size() > kCountsMax) counts_.pop_front();
  if (!swap_is_in(SwapPhase::Probation)) return;
  const std::string verdict = swap_->probation->judge(counts_.back());
  if (!verdict.empty()) return leave(verdict);
  if (swap_->probation->is_over(counts_.back().at)) end_swap(SwapPhase::Over, {});
}

JobCounts Job::counts() const {
  JobCounts counts = run_->graph()->counts();
  counts.at = parts_.clock.monotonic_now();
  for (std::uint32_t i = 0; i < run_->graph()->task_count(); ++i) {
    for (const SplitReport& split : run_->epochs().splits(TaskId(i))) {
      if (split.lag) counts.lag = counts.lag.value_or(0) + *split.lag;
    }
  }
  return counts;
}

// Forward to the code before, with the state as it is now.
void Job::leave(const std::string& verdict) {
  parts_.log.error("{} is no good: {}", swap_->status.to_version, verdict);
  SwapRequest back{.spec = std::move(swap_->old_spec),
                   .code = std::move(swap_->old_code),
                   .answer = std::exchange(swap_->request.answer, {})};
  const auto answer = back.answer;
  end_swap(SwapPhase::Failed, verdict);
  const auto decision = swap(std::move(back));
  if (decision) {
    swap_->status.verdict = verdict;
    return;
  }
  swap_->status.cause += "; it runs on: " + decision.error().message();
  if (answer) answer(Error(ErrorKind::Incompatible, swap_->status.cause));
}

void Job::read_gaps() {
  if (!has_tasks_ || !swap_->status.gaps.empty()) return;
  for (const JobGraph::Gap& gap : run_->graph()->end_gaps()) {
    swap_->status.gaps.push_back({.port = gap.port,
                                  .is_source = gap.kind == OperatorKind::Source,
                                  .batches = gap.reading.events,
                                  .longest = gap.reading.longest});
  }
}

// From here on the job is what it was asked to become; in a run that goes on, only its code is.
void Job::become_new() {
  swap_->old_spec = parts_.spec;
  swap_->old_code = std::exchange(parts_.code, swap_->request.code);
  if (run_ == nullptr) {
    parts_.spec = swap_->request.spec;
  } else {
    adopt_settings(swap_->request.spec);
  }
}

// What the run does not refer to.
void Job::adopt_settings(const JobSpec& spec) {
  parts_.spec.plugin = spec.plugin;
  parts_.spec.plugin_path = spec.plugin_path;
  parts_.spec.type = spec.type;
  parts_.spec.version = spec.version;
  parts_.spec.job_class = spec.job_class;
  parts_.spec.epoch = spec.epoch;
  parts_.spec.epoch_bytes = spec.epoch_bytes;
  parts_.spec.may_start_empty = spec.may_start_empty;
  parts_.spec.parameters = spec.parameters;
}

// The run of the old code is over: the next one is the new code's.
void Job::start_new_code() {
  become_new();
  swap_->enter(SwapPhase::Starting, parts_.clock.monotonic_now());
  next_start_ = parts_.clock.monotonic_now();
}

// The run is over in which the new code was to take over.
void Job::go_back() {
  swap_->must_go_back = false;
  parts_.spec = std::move(swap_->old_spec);
  parts_.code = std::move(swap_->old_code);
  parts_.log.warning("goes back to {}", parts_.code->version());
}

// Whether the code before can read what the new one has made of the state by now.
bool Job::can_return() const {
  const auto decision = decide_swap(
      {parts_.spec, parts_.code->description(), parts_.code->version(), parts_.code->build_id()},
      {swap_->old_spec,
       swap_->old_code->description(),
       swap_->old_code->version(),
       swap_->old_code->build_id()});
  if (decision) return true;
  parts_.log.error("cannot go back: {}", decision.error().message());
  return false;
}

// The job is to end: what has not begun to flow does not begin any more.
void Job::cancel_swap() {
  if (swap_is_in(SwapPhase::Constructing) || swap_is_in(SwapPhase::Waiting) || is_finishing()) {
    fail_swap("the job is being stopped");
  }
}

// The job is over.
void Job::close_swap() {
  if (swap_is_in(SwapPhase::Probation)) return end_swap(SwapPhase::Over, {});
  fail_swap(format("the job is {}", name_of(state_)));
}

// A run comes up while new code is watched: it is counted anew.
void Job::resume_swap() {
  if (swap_is_in(SwapPhase::Starting)) {
    run_->graph()->begin_gaps(swap_->gaps);
    begin_epoch();
  }
  if (!swap_is_in(SwapPhase::Probation)) return;
  swap_->probation.emplace(swap_->request.probation, swap_->earlier, swap_->before, counts());
}

void Job::fail_swap(const std::string& cause) {
  if (swap_ == nullptr || swap_->is_over()) return;
  parts_.log.error("swap to {} failed: {}", swap_->status.to_version, cause);
  swap_->must_go_back =
      swap_->old_code != nullptr && (!swap_is_in(SwapPhase::Probation) || can_return());
  must_release_code_ |= !swap_->is_in(SwapPhase::Constructing);
  end_swap(SwapPhase::Failed, cause);
}

void Job::end_swap(SwapPhase outcome, const std::string& cause) {
  read_gaps();
  if (outcome == SwapPhase::Over && !swap_->status.verdict.empty()) {
    return end_swap(SwapPhase::Failed,
                    format("{}: {}; {} runs again",
                           swap_->status.from_version,
                           swap_->status.verdict,
                           swap_->status.to_version));
  }
  swap_->status.cause = cause;
  swap_->enter(outcome, parts_.clock.monotonic_now());
  if (swap_->status.verdict.empty()) ++(outcome == SwapPhase::Over ? swaps_ : failed_swaps_);
  must_release_code_ |= has_tasks_ && swap_->old_code != nullptr;
  swap_->request.code.reset();
  if (!swap_->must_go_back) swap_->old_code.reset();
  if (auto answer = std::exchange(swap_->request.answer, {})) {
    answer(outcome == SwapPhase::Over
               ? Result<SwapStatus>(swap_->status)
               : Result<SwapStatus>(Error(ErrorKind::Unavailable,
                                          format("swap job {}: {}", parts_.spec.name, cause))));
  }
}

}  // namespace weir
