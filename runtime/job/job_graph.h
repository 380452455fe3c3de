#pragma once

#include <cstddef>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "base/gap_meter.h"
#include "base/result.h"
#include "crash/call_sites.h"
#include "crash/job_suspects.h"
#include "flow/channel.h"
#include "job/job_ports.h"
#include "job/plan.h"
#include "job/probation.h"
#include "job/running_code.h"
#include "operators/sides_task.h"
#include "operators/source_task.h"
#include "operators/stage_task.h"
#include "operators/task_exit.h"
#include "worker/worker.h"

namespace weir {

// What a graph is built of. All that is referred to outlives the graph.
struct JobGraphParts {
  const JobSpec& spec;
  std::unique_ptr<RunningCode> code;
  JobPorts& ports;
  std::span<Worker* const> workers;
  TaskReports& reports;
  const Clock& clock;
  CallSites& sites;
  std::shared_ptr<const JobSuspects> suspects = nullptr;  // Null: no record has done harm.
  // What tasks start from, as of the epoch that the readers' positions belong to. Empty: the job's
  // state is not durable; it starts with nothing, and tasks hand no deltas over. Used while the
  // tasks are made.
  OpenState open_state = {};
};

// The running form of a job: one task for each stage and worker, and what lies between them.
// Made from a plan, it never changes shape; the code that its operators call may. Opened and
// destroyed on the job's thread, used on the control thread between; the tasks must be gone before
// it goes.
class JobGraph final {
 public:
  // Opens readers, by source at these positions, and writers. No task is there yet.
  static Result<std::unique_ptr<JobGraph>> open(
      JobGraphParts parts, std::span<const std::vector<SplitPosition>> positions);

  // Makes the tasks and gives them their state.
  Status make_tasks();

  // The tasks of each worker. Once.
  std::vector<Tasks> take_tasks() { return std::move(tasks_); }
  std::size_t task_count() const { return task_meters_.size(); }
  bool is_made() const { return !tasks_.empty(); }

  // What the source tasks look at.
  SourceRequests& requests() { return requests_; }

  // Takes over code whose flip has passed every task, and gives the code before it back.
  std::unique_ptr<RunningCode> exchange_code(std::unique_ptr<RunningCode> code) {
    return std::exchange(parts_.code, std::move(code));
  }

  // Time between records of a source, and between rows of a sink, while it is measured.
  // `before`: by port, of the run that this one goes on behind.
  void begin_gaps(const std::map<std::string, GapMeter::Reading>& before);
  struct Gap {
    std::string port;
    OperatorKind kind;
    GapMeter::Reading reading;
  };
  std::vector<Gap> end_gaps();

  const Plan& plan() const { return plan_; }
  const JobDescription& description() const { return description_; }
  std::size_t worker_count() const { return parts_.workers.size(); }

  // Where a task stands. No stage: it writes the side streams.
  struct Place {
    std::size_t worker;
    std::optional<std::size_t> stage;
  };
  Place place_of(TaskId task) const;
  TaskId task_at(std::size_t worker, std::size_t stage) const;
  // The place in the entry of the source that a task reads, if it reads one.
  std::optional<std::size_t> source_of(TaskId task) const;
  // The task behind input `input` of a stage's task.
  TaskId feeder_of(std::size_t worker, std::size_t stage, std::size_t input) const;
  // `index`: in the job's description.
  const OperatorMeter& operator_meter(std::size_t worker, std::size_t index) const {
    return *operator_meters_[worker * description().operators.size() + index];
  }
  // Keys and values, by all sources.
  std::uint64_t bytes_read() const;
  // By all workers; without the time, and without what is still to be read.
  JobCounts counts() const;
  const TaskMeter& task_meter(TaskId task) const { return *task_meters_[task.value()]; }
  const SideStreams& sides(std::size_t worker) const { return *sides_[worker]; }

 private:
  explicit JobGraph(JobGraphParts parts);

  Status open_all(std::span<const std::vector<SplitPosition>> positions);
  Status open_ports(std::span<const std::vector<SplitPosition>> positions);
  void find_idle_tasks();
  void make_channels();
  Status make_tasks(std::size_t worker);
  Status make_stage(std::size_t worker, std::size_t stage);
  Result<std::vector<ChainStep>> make_steps(std::size_t worker, std::span<const std::size_t> which);
  Result<std::vector<std::unique_ptr<Outlet>>> make_outlets(std::size_t worker, std::size_t stage);
  Result<std::unique_ptr<Outlet>> make_sink(std::size_t worker, std::size_t index);
  Result<std::unique_ptr<Task>> make_source(std::size_t worker,
                                            std::size_t stage,
                                            std::vector<ChainStep> steps,
                                            std::vector<std::unique_ptr<Outlet>> outlets);
  std::vector<StageTask::Input> inputs_of(std::size_t worker, std::size_t stage);
  TaskContext context_of(std::size_t worker, std::size_t stage);
  std::vector<const RecordSchema*> input_schemas(std::size_t index) const;
  OperatorMeter& meter(std::size_t worker, std::size_t index) {
    return *operator_meters_[worker * description().operators.size() + index];
  }
  std::size_t tasks_per_worker() const { return plan_.stages.size() + (has_sides_ ? 1 : 0); }

  // The channels that feed one input of a stage: [from worker][to worker], or [worker] when it
  // is a forward edge.
  struct Edge {
    std::vector<std::unique_ptr<Channel>> channels;
  };
  Edge& edge(std::size_t stage, std::size_t input) { return edges_[stage][input]; }
  Channel& channel(const StageInput& input, Edge& edge, std::size_t from, std::size_t to) const;

  // Set at construction.
  JobGraphParts parts_;
  // Its own: decoders, encoders and operators refer to its schemas, whichever code runs.
  const JobDescription description_;
  Plan plan_;
  bool has_sides_ = false;

  // Used by the tasks.
  SourceRequests requests_;
  std::vector<std::unique_ptr<SideStreams>> sides_;  // By worker.
  std::vector<SidesTask*> sides_tasks_;              // By worker; null without sides.
  std::vector<std::unique_ptr<OperatorMeter>> operator_meters_;
  std::vector<std::unique_ptr<TaskMeter>> task_meters_;  // By task.
  std::vector<std::unique_ptr<GapMeter>> gaps_;          // By operator; only ports use theirs.
  std::vector<std::vector<Edge>> edges_;                 // By stage and input.

  // Until the tasks are made.
  // By stage and worker: no split feeds the task when the job starts. Others need not wait until it
  // says so, and what is late does not depend on who is faster.
  std::vector<std::vector<bool>> is_idle_;
  std::vector<std::vector<std::unique_ptr<SourceReader>>> readers_;  // By source and worker.
  std::vector<std::vector<std::unique_ptr<SinkWriter>>> writers_;    // By sink and worker.
  std::vector<Tasks> tasks_;                                         // By worker.
};

}  // namespace weir
