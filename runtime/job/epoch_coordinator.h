#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "operators/task_reports.h"

namespace weir {

// Knows when the barrier of an epoch has passed every task of a job. One epoch at a time. A pure
// value.
class EpochCoordinator final {
 public:
  explicit EpochCoordinator(std::size_t task_count);

  // The number of the next epoch; only when none is under way and tasks are left.
  std::uint64_t begin();
  bool is_under_way() const { return is_under_way_; }

  // Each returns the epoch that is complete by this.
  std::optional<std::uint64_t> passed(TaskId task, std::uint64_t epoch);
  std::optional<std::uint64_t> finished(TaskId task);

  bool all_finished() const { return finished_ == tasks_.size(); }

 private:
  struct TaskProgress {
    std::uint64_t passed = 0;
    bool is_finished = false;
  };

  std::optional<std::uint64_t> complete();

  std::vector<TaskProgress> tasks_;
  std::uint64_t epoch_ = 0;
  std::size_t finished_ = 0;
  std::size_t missing_ = 0;  // Tasks that the epoch under way has not passed.
  bool is_under_way_ = false;
};

}  // namespace weir
