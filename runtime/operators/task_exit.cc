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

void TaskExit::send_barrier(std::uint64_t epoch, std::vector<SplitReport> splits) {
  CHECK(!barrier_ && !is_ending_);
  barrier_ = epoch;
  splits_ = std::move(splits);
  chain_->push(Barrier{epoch});
}

void TaskExit::send_end(std::vector<SplitReport> splits) {
  CHECK(!barrier_ && !is_ending_);
  is_ending_ = true;
  splits_ = std::move(splits);
  chain_->push(EndOfStream{});
}

void TaskExit::tell() {
  if (barrier_) {
    if (context_.sides_task != nullptr) context_.sides_task->arrive(context_.side_slot, *barrier_);
    context_.reports.passed(context_.id, *barrier_, std::move(splits_));
    barrier_.reset();
  } else {
    if (context_.sides_task != nullptr) context_.sides_task->end(context_.side_slot);
    context_.reports.finished(context_.id, std::move(splits_));
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
