#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "base/clock.h"
#include "base/log.h"
#include "crash/call_sites.h"
#include "job/control_event.h"
#include "job/epoch_coordinator.h"
#include "job/job_graph.h"
#include "job/job_services.h"
#include "job/job_status.h"

namespace weir {

// What a job is given. All that is referred to outlives it.
struct JobParts {
  JobSpec spec;
  TaskGroup run;
  std::shared_ptr<const JobCode> code;
  const FindConnector& find_connector;
  std::span<Worker* const> workers;
  const Clock& clock;
  CallSites& sites;
  std::shared_ptr<const JobSuspects> suspects;  // May be null.
  Log log;
  std::function<void(JobEvent)> post;           // Safe from any thread.
  std::function<void(JobState)> state_changed;  // Called on the control thread.
};

// One run of a job, from its start to its end: hands its tasks to the workers, sends the barriers
// of its epochs, commits positions, and takes the tasks back. Control thread only. See JobState
// for its life.
class Job final : private TaskReports {
 public:
  // Opens the ports and hands the tasks over. Nothing is left behind when it fails.
  static Result<std::unique_ptr<Job>> start(JobParts parts);

  // Only when is_over(state()).
  ~Job() override;
  Job(const Job&) = delete;
  Job& operator=(const Job&) = delete;

  const std::string& name() const { return parts_.spec.name; }
  TaskGroup run() const { return parts_.run; }
  JobState state() const { return state_; }
  const std::string& cause() const { return cause_; }

  void handle(BarrierPassed event);
  void handle(TaskFinished event);
  void handle(TaskFailed event);
  void handle(TasksReturned event);

  // Ends the job behind a last epoch; it fails when that takes until `deadline`.
  void drain(MonotonicTime deadline);

  // Takes the tasks back at once.
  void abandon();

  // Does what is due by now. The next time something is.
  void tick();
  MonotonicTime next_due() const;

  JobStatus status() const;

 private:
  explicit Job(JobParts parts);

  // TaskReports. From the workers' threads.
  void passed(TaskId task,
              std::uint64_t epoch,
              std::vector<SplitReport> splits,
              std::vector<OperatorDelta> deltas) override;
  void finished(TaskId task,
                std::vector<SplitReport> splits,
                std::vector<OperatorDelta> deltas) override;
  void failed(TaskId task, Error error) override;

  Status build();
  void hand_over();
  void enter(JobState next);
  void begin_epoch();
  void complete_epoch(std::uint64_t epoch);
  Status commit_positions();
  void end(JobState outcome);
  void fail(const Error& error);
  void sample_blocking(MonotonicTime now);
  bool is_ending() const { return outcome_.has_value(); }

  // Set at construction.
  JobParts parts_;
  std::shared_ptr<JobServices> services_;
  std::unique_ptr<JobPorts> ports_;
  std::unique_ptr<JobGraph> graph_;
  EpochCoordinator epochs_;
  WallTime started_at_;

  JobState state_ = JobState::Starting;
  std::string cause_;
  std::optional<JobState> outcome_;  // What it becomes when all tasks are back.
  std::size_t workers_missing_ = 0;  // Those that have not given the tasks back.
  std::optional<MonotonicTime> drain_deadline_;

  // The epoch under way, the one that is complete, and when the next one begins.
  std::uint64_t last_epoch_ = 0;  // Draining: the one that ends the job.
  MonotonicTime epoch_began_;
  MonotonicTime next_epoch_;
  EpochStatus completed_;

  std::vector<std::vector<SplitReport>> splits_;  // By task; as of its last barrier, or its end.

  // How long each task was blocked, up to the last sample, and the share of the time before it.
  struct Blocking {
    std::uint64_t total = 0;
    double share = 0;
  };
  std::vector<Blocking> blocking_;
  MonotonicTime sampled_at_;

  friend class JobStatistics;
};

}  // namespace weir
