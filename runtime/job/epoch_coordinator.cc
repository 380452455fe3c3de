#include "job/epoch_coordinator.h"

#include "base/check.h"

namespace weir {

EpochCoordinator::EpochCoordinator(std::size_t task_count) : tasks_(task_count) {}

std::uint64_t EpochCoordinator::begin() {
  CHECK(!is_under_way_ && !all_finished());
  is_under_way_ = true;
  missing_ = tasks_.size() - finished_;
  return ++epoch_;
}

std::optional<std::uint64_t> EpochCoordinator::passed(TaskId task, std::uint64_t epoch) {
  TaskProgress& progress = tasks_.at(task.value());
  CHECK(is_under_way_ && epoch == epoch_ && progress.passed < epoch && !progress.is_finished);
  progress.passed = epoch;
  --missing_;
  return complete();
}

std::optional<std::uint64_t> EpochCoordinator::finished(TaskId task) {
  TaskProgress& progress = tasks_.at(task.value());
  CHECK(!progress.is_finished);
  progress.is_finished = true;
  ++finished_;
  if (!is_under_way_ || progress.passed == epoch_) return std::nullopt;
  --missing_;
  return complete();
}

std::optional<std::uint64_t> EpochCoordinator::complete() {
  if (missing_ > 0) return std::nullopt;
  is_under_way_ = false;
  return epoch_;
}

}  // namespace weir
