#pragma once

#include <string>

#include "job/job.h"

namespace weir {

// Reads what the tasks of a job's run have counted. Control thread only, while the job has tasks.
class JobStatistics final {
 public:
  explicit JobStatistics(const Job& job) : job_(job), graph_(*job.run_->graph()) {}
  JobStatus read() const;

 private:
  OperatorStatus read_operator(std::size_t index) const;
  void add_time(const StagePlan& stage, std::size_t stage_index, OperatorStatus& status) const;
  std::string holder_of(TaskId task) const;
  void read_splits(JobStatus& status) const;
  void read_sides(JobStatus& status) const;

  const Job& job_;
  const JobGraph& graph_;
};

}  // namespace weir
