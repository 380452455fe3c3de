#include "operators/task_exit.h"

#include <utility>

#include "base/check.h"

namespace weir {

TaskExit::TaskExit(TaskContext context, std::unique_ptr<Chain> chain)
    : context_(context), chain_(std::move(chain)) {}

Result<bool> TaskExit::make_room() {
  TRY(const bool is_clear, chain_->drain());
  if (!is_clear || context_.sides.is_full()) {
    note_blocked();
    return false;
  }
  note_free();
  if (barrier_ || is_ending_) tell();
  return true;
}

void TaskExit::send_barrier(std::uint64_t epoch,
                            std::vector<SplitReport> splits,
                            std::vector<OperatorDelta> deltas) {
  keep(std::move(splits), std::move(deltas));
  barrier_ = epoch;
  chain_->push(Barrier{epoch});
}

void TaskExit::send_end(std::vector<SplitReport> splits, std::vector<OperatorDelta> deltas) {
  keep(std::move(splits), std::move(deltas));
  is_ending_ = true;
  chain_->push(EndOfStream{});
}

void TaskExit::keep(std::vector<SplitReport> splits, std::vector<OperatorDelta> deltas) {
  CHECK(!barrier_ && !is_ending_);
  splits_ = std::move(splits);
  deltas_ = std::move(deltas);
  if (context_.is_durable) chain_->collect(deltas_);
}

void TaskExit::tell() {
  if (barrier_) {
    if (context_.sides_task != nullptr) context_.sides_task->arrive(context_.side_slot, *barrier_);
    context_.reports.passed(context_.id, *barrier_, std::move(splits_), std::move(deltas_));
    barrier_.reset();
  } else {
    if (context_.sides_task != nullptr) context_.sides_task->end(context_.side_slot);
    context_.reports.finished(context_.id, std::move(splits_), std::move(deltas_));
    is_ending_ = false;
    has_ended_ = true;
  }
}

void TaskExit::note_blocked() {
  if (is_blocked_) return;
  is_blocked_ = true;
  context_.meter.blocked_since.set(context_.clock.monotonic_now().time_since_epoch().count());
}

void TaskExit::note_free() {
  if (!is_blocked_) return;
  is_blocked_ = false;
  const auto now = context_.clock.monotonic_now().time_since_epoch().count();
  const auto since = context_.meter.blocked_since.get();
  context_.meter.blocked.add(static_cast<std::uint64_t>(now - since));
  context_.meter.blocked_since.set(TaskMeter::kFree);
}

}  // namespace weir
