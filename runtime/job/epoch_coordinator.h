#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "operators/task_reports.h"

namespace weir {

// What a task reports with a barrier, or at its end. See TaskReports.
struct TaskPart {
  std::vector<SplitReport> splits;
  std::vector<OperatorDelta> deltas;
};

// An epoch whose barrier has passed every task.
struct ClosedEpoch {
  std::uint64_t number = 0;
  std::vector<std::vector<SplitReport>> splits;  // By task, as of the barrier.
  std::vector<OperatorDelta> deltas;
};

// Gathers what the tasks of a job report until the barrier of an epoch has passed every one of
// them. One epoch at a time. A pure value.
class EpochCoordinator final {
 public:
  // Epochs are counted from `last` + 1.
  explicit EpochCoordinator(std::size_t task_count, std::uint64_t last = 0);

  // The number of the next epoch; only when none is under way and tasks are left.
  std::uint64_t begin();
  bool is_under_way() const { return is_under_way_; }

  // Each returns the epoch that is closed by this.
  std::optional<ClosedEpoch> passed(TaskId task, std::uint64_t epoch, TaskPart part);
  std::optional<ClosedEpoch> finished(TaskId task, TaskPart part);

  bool all_finished() const { return finished_ == tasks_.size(); }
  // Once all tasks are finished and none is under way: what they did behind the last barrier.
  ClosedEpoch close_rest();

  // As reported last.
  const std::vector<SplitReport>& splits(TaskId task) const;

 private:
  struct TaskProgress {
    std::uint64_t passed = 0;
    bool is_finished = false;
    std::vector<SplitReport> splits;
    // Of a task that finished behind the barrier that is under way.
    std::optional<std::vector<SplitReport>> later;
  };

  std::optional<ClosedEpoch> complete();
  ClosedEpoch close();

  std::vector<TaskProgress> tasks_;
  std::uint64_t epoch_;
  std::vector<OperatorDelta> deltas_;        // Of the epoch under way, or the next one.
  std::vector<OperatorDelta> later_deltas_;  // Of the one behind it.
  std::size_t finished_ = 0;
  std::size_t missing_ = 0;  // Tasks that the epoch under way has not passed.
  bool is_under_way_ = false;
};

}  // namespace weir
