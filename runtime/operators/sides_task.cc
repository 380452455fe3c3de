#include "operators/sides_task.h"

#include <utility>

namespace weir {

SidesTask::SidesTask(TaskId id, std::size_t slots, SideStreams& streams, TaskReports& reports)
    : id_(id), streams_(streams), reports_(reports), alignment_(slots), open_slots_(slots) {}

Progress SidesTask::step() {
  if (is_over_) return Progress::Finished;
  auto moved = move();
  if (!moved) {
    is_over_ = true;
    reports_.failed(id_, std::move(moved).error());
    return Progress::Finished;
  }
  return *moved;
}

void SidesTask::arrive(std::size_t slot, std::uint64_t epoch) {
  if (const auto complete = alignment_.arrive(slot, epoch)) passing_ = complete;
}

// A task may end while others are still on their way to the barrier that it has passed.
void SidesTask::end(std::size_t slot) {
  if (is_ahead(slot)) {
    ended_ahead_.push_back(slot);
    return;
  }
  if (const auto complete = alignment_.end(slot)) passing_ = complete;
  --open_slots_;
}

Result<Progress> SidesTask::move() {
  const bool is_waiting = streams_.has_waiting();
  TRY(const bool is_clear, streams_.drain());
  if (!is_clear) return Progress::None;
  if (!passing_ && open_slots_ > 0) return is_waiting ? Progress::Made : Progress::None;
  TRY(const bool is_safe, streams_.flush());
  if (!is_safe) return Progress::None;
  if (passing_) {
    streams_.seal(*passing_);
    reports_.passed(id_, *std::exchange(passing_, std::nullopt), {}, {});
    streams_.release_ahead();
    for (const std::size_t slot : std::exchange(ended_ahead_, {}))
      end(slot);
    return Progress::Made;
  }
  is_over_ = true;
  reports_.finished(id_, {}, {});
  return Progress::Finished;
}

}  // namespace weir
