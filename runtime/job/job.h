#pragma once

#include <chrono>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <stop_token>
#include <vector>

#include "base/clock.h"
#include "base/log.h"
#include "crash/call_sites.h"
#include "job/control_event.h"
#include "job/growing_delay.h"
#include "job/job_run.h"
#include "job/job_status.h"
#include "job/job_swap.h"
#include "job/job_thread.h"
#include "job/state_copies.h"

namespace weir {

// What a job is given. All that is referred to outlives it.
struct JobParts {
  JobSpec spec;
  TaskGroup id;
  std::shared_ptr<const JobCode> code;
  const FindConnector& find_connector;
  const OpenImage& open_image;  // May be empty.
  std::span<Worker* const> workers;
  const Clock& clock;
  CallSites& sites;
  std::shared_ptr<const JobSuspects> suspects;  // May be null.
  Log log;
  std::function<TaskGroup()> next_run;          // A number that no run has had.
  std::function<void(JobEvent)> post;           // Safe from any thread.
  std::function<void(JobState)> state_changed;  // Called on the control thread.
  std::unique_ptr<JobThread> thread;            // Goes first: it may still be posting.
};

// One job, from its start to its end, through as many runs as it takes: brings each to life, hands
// its tasks to the workers, sends the barriers of its epochs, makes closed epochs final, and takes
// the tasks back. Control thread only. See JobState for its life.
class Job final : private TaskReports {
 public:
  explicit Job(JobParts parts);
  // Only when is_over(state()).
  ~Job() override;
  Job(const Job&) = delete;
  Job& operator=(const Job&) = delete;

  // Once.
  void start() { start_run(); }

  const std::string& name() const { return parts_.spec.name; }
  TaskGroup id() const { return parts_.id; }
  TaskGroup run() const { return run_id_; }
  JobState state() const { return state_; }
  const std::string& cause() const { return cause_; }

  void handle(BarrierPassed event);
  void handle(TaskFinished event);
  void handle(TaskFailed event);
  void handle(TasksReturned event);
  void handle(WorkDone event);

  // Ends the job behind a last epoch; it fails when that takes until `deadline`.
  void drain(MonotonicTime deadline);

  // Copies the state as of the last committed epoch into `folder`, which is not there yet, as soon
  // as nothing is prepared. Invalid: it keeps none; Unavailable: it does not run now.
  void copy_state(std::filesystem::path folder, StateCopies::Answer answer);

  // Changes its code while it runs. What it decided, at once; the request's answer, in which the
  // swap ends, only follows where it decided anything. Unavailable: it does not run, or a swap is
  // under way; Incompatible: it cannot be.
  Result<SwapDecision> swap(SwapRequest request);

  // Takes the tasks back at once.
  void abandon();

  // Does what is due by now. The next time something is.
  void tick();
  MonotonicTime next_due() const;

  JobStatus status() const;
  const JobSpec& spec() const { return parts_.spec; }

 private:
  // An epoch whose barrier was sent.
  struct Epoch {
    std::uint64_t number = 0;
    MonotonicTime began_at;
    MonotonicTime closed_at = {};
    std::vector<SourcePositions> positions = {};
  };

  // TaskReports. From the workers' threads.
  void passed(TaskId task,
              std::uint64_t epoch,
              std::vector<SplitReport> splits,
              std::vector<OperatorDelta> deltas) override;
  void finished(TaskId task,
                std::vector<SplitReport> splits,
                std::vector<OperatorDelta> deltas) override;
  void failed(TaskId task, Error error) override;

  void start_run();
  void proceed();
  void hand_over();
  void work(std::function<Status()> piece);
  void enter(JobState next);

  bool may_begin_epoch() const;
  void begin_epoch();
  bool has_read_enough() const;
  void close(ClosedEpoch closed);
  Status may_copy_state() const;
  void drive_commit();
  void follow_commit(const Status& outcome);
  void complete_epoch(std::uint64_t number);
  Status commit_positions(const std::vector<SourcePositions>& positions);

  void fail(const Error& error);
  void end(JobState outcome);
  void settle_end();
  void close_run();
  void sample_blocking(MonotonicTime now);
  bool is_ending() const { return outcome_.has_value(); }

  // Its swap. In job_swap.cc.
  enum class SwapWork : std::uint8_t { None, Construct, Release };
  bool start_swap_work();
  void follow_swap_work(SwapWork done, const Status& outcome);
  void follow_construction();
  const CodeFlip* flip_at(std::uint64_t epoch);
  void follow_flip(std::uint64_t epoch);
  void follow_completion(std::uint64_t epoch);
  void begin_probation();
  void watch();
  JobCounts counts() const;
  void leave(const std::string& verdict);
  void read_gaps();
  void become_new();
  void adopt_settings(const JobSpec& spec);
  void start_new_code();
  void go_back();
  bool can_return() const;
  void cancel_swap();
  void fail_swap(const std::string& cause);
  void close_swap();
  void resume_swap();
  void end_swap(SwapPhase outcome, const std::string& cause);
  bool swap_is_in(SwapPhase phase) const { return swap_ != nullptr && swap_->is_in(phase); }
  // The epoch under way is the last one of the old code's run.
  bool is_finishing() const { return swap_is_in(SwapPhase::Finishing); }

  JobStatus outline() const;

  // Set at construction.
  JobParts parts_;
  WallTime started_at_;

  JobOwner owner_;           // Lent to the run.
  std::stop_source ending_;  // Of the job, without waiting for anybody any longer.

  JobState state_ = JobState::Starting;
  std::string cause_;
  std::optional<JobState> outcome_;  // What it becomes when nobody uses the run any more.
  std::optional<MonotonicTime> drain_deadline_;

  // The run, from start_run() to settle_end(). While is_working_ it belongs to the job's thread,
  // but for the graph once the tasks are handed over.
  TaskGroup run_id_;
  std::unique_ptr<JobRun> run_;
  bool is_working_ = false;
  bool has_tasks_ = false;           // They were handed to the workers.
  std::size_t workers_missing_ = 0;  // Those that have not given the tasks back.
  std::vector<Tasks> returned_;      // Of those that have.
  bool is_closing_ = false;          // Nobody uses the run any more.

  // The epochs that were begun and are not final, and those of them that are closed and wait.
  std::deque<Epoch> epochs_;
  std::deque<EpochDelta> closed_;
  Result<std::optional<std::uint64_t>> committed_{std::nullopt};  // By the last piece of work.
  std::optional<std::uint64_t> last_epoch_;  // Draining: the one that ends the job.
  std::optional<std::uint64_t> rest_epoch_;  // All tasks are finished: the same.
  MonotonicTime next_epoch_;
  MonotonicTime looked_at_;
  std::uint64_t bytes_before_ = 0;  // Read by the sources when the last barrier was sent.
  StateCopies copies_;              // Made between two epochs.
  EpochStatus completed_;

  // Trying again.
  GrowingDelay restart_delay_;
  GrowingDelay retry_delay_;
  std::optional<MonotonicTime> retry_at_;  // Of what waits for room on the disk.
  MonotonicTime next_start_;
  MonotonicTime ran_since_;
  std::uint64_t restarts_ = 0;

  // How long each task was blocked, up to the last sample, and the share of the time before it.
  struct Blocking {
    std::uint64_t total = 0;
    double share = 0;
  };
  std::vector<Blocking> blocking_;
  MonotonicTime sampled_at_;

  std::unique_ptr<JobSwap> swap_;        // The last one; null: there was none.
  SwapWork swap_work_ = SwapWork::None;  // What the job's thread is doing for it.
  bool must_release_code_ = false;       // That the run has and nobody uses.
  std::uint64_t swaps_ = 0;
  std::uint64_t failed_swaps_ = 0;
  std::deque<JobCounts> counts_;  // Of this run, the last seconds.

  JobStatus last_status_;  // Of the run before, when there is none.

  friend class JobStatistics;
};

}  // namespace weir
