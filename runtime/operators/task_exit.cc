#include "operators/task_exit.h"

#include <utility>

#include "base/check.h"

namespace weir {

TaskExit::TaskExit(TaskContext context, std::unique_ptr<Chain> chain)
    : context_(context), chain_(std::move(chain)) {}

Result<bool> TaskExit::make_room() {
  enter_sides();
  if (is_collecting_) is_collecting_ = !chain_->collect_more();
  TRY(const bool is_clear, chain_->drain());
  if (!is_clear || context_.sides.is_full()) {
    note_blocked();
    return false;
  }
  note_free();
  if (barrier_ || is_ending_) {
    if (!has_gone_through_) go_through();
    if (!is_collecting_) tell();
  }
  enter_sides();
  return true;
}

void TaskExit::enter_sides() {
  if (context_.sides_task == nullptr) return;
  context_.sides.set_ahead(context_.sides_task->is_ahead(context_.side_slot));
}

void TaskExit::send_barrier(Barrier barrier,
                            std::vector<SplitReport> splits,
                            std::vector<OperatorDelta> deltas) {
  keep(std::move(splits), std::move(deltas));
  barrier_ = barrier.epoch;
  chain_->push(barrier);
  if (barrier.flip != nullptr) chain_->flip(*barrier.flip, context_.worker);
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
  has_gone_through_ = false;
  if (!context_.is_durable) return;
  chain_->collect(deltas_);
  is_collecting_ = true;
}

// Before anything of the next epoch is set aside.
void TaskExit::go_through() {
  has_gone_through_ = true;
  if (context_.sides_task == nullptr) return;
  if (barrier_) {
    context_.sides_task->arrive(context_.side_slot, *barrier_);
  } else {
    context_.sides_task->end(context_.side_slot);
  }
}

void TaskExit::tell() {
  std::erase_if(deltas_, [](const OperatorDelta& changed) { return changed.delta.empty(); });
  if (barrier_) {
    context_.reports.passed(context_.id, *barrier_, std::move(splits_), std::move(deltas_));
    barrier_.reset();
  } else {
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
