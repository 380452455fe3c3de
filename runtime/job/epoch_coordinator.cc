#include "job/epoch_coordinator.h"

#include <iterator>
#include <utility>

#include "base/check.h"

namespace weir {
namespace {

void append(std::vector<OperatorDelta>& all, std::vector<OperatorDelta> more) {
  all.insert(all.end(), std::make_move_iterator(more.begin()), std::make_move_iterator(more.end()));
}

}  // namespace

EpochCoordinator::EpochCoordinator(std::size_t task_count, std::uint64_t last)
    : tasks_(task_count), epoch_(last) {}

std::uint64_t EpochCoordinator::begin() {
  CHECK(!is_under_way_ && !all_finished());
  is_under_way_ = true;
  missing_ = tasks_.size() - finished_;
  return ++epoch_;
}

std::optional<ClosedEpoch> EpochCoordinator::passed(TaskId task,
                                                    std::uint64_t epoch,
                                                    TaskPart part) {
  TaskProgress& progress = tasks_.at(task.value());
  CHECK(is_under_way_ && epoch == epoch_ && progress.passed < epoch && !progress.is_finished);
  progress.passed = epoch;
  progress.splits = std::move(part.splits);
  append(deltas_, std::move(part.deltas));
  --missing_;
  return complete();
}

std::optional<ClosedEpoch> EpochCoordinator::finished(TaskId task, TaskPart part) {
  TaskProgress& progress = tasks_.at(task.value());
  CHECK(!progress.is_finished);
  progress.is_finished = true;
  ++finished_;
  if (is_under_way_ && progress.passed == epoch_) {
    progress.later = std::move(part.splits);
    append(later_deltas_, std::move(part.deltas));
    return std::nullopt;
  }
  progress.splits = std::move(part.splits);
  append(deltas_, std::move(part.deltas));
  if (!is_under_way_) return std::nullopt;
  --missing_;
  return complete();
}

ClosedEpoch EpochCoordinator::close_rest() {
  CHECK(!is_under_way_ && all_finished());
  ++epoch_;
  return close();
}

const std::vector<SplitReport>& EpochCoordinator::splits(TaskId task) const {
  const TaskProgress& progress = tasks_.at(task.value());
  return progress.later ? *progress.later : progress.splits;
}

std::optional<ClosedEpoch> EpochCoordinator::complete() {
  if (missing_ > 0) return std::nullopt;
  is_under_way_ = false;
  return close();
}

ClosedEpoch EpochCoordinator::close() {
  ClosedEpoch closed{.number = epoch_, .splits = {}, .deltas = std::exchange(deltas_, {})};
  deltas_ = std::exchange(later_deltas_, {});
  for (TaskProgress& progress : tasks_) {
    closed.splits.push_back(progress.splits);
    if (progress.later) progress.splits = *std::exchange(progress.later, std::nullopt);
  }
  return closed;
}

}  // namespace weir
