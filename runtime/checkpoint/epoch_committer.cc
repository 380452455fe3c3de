#include "checkpoint/epoch_committer.h"

#include <utility>

#include "base/check.h"
#include "base/crash_point.h"

namespace weir {

void EpochCommitter::take(EpochDelta closed) {
  CHECK(closed_.size() <= kWaitingMax);
  CHECK(closed_.empty() || closed.epoch == closed_.back().epoch + 1);
  WEIR_CRASH_POINT("epoch.closed");
  closed_.push_back(std::move(closed));
  if (step_ == Step::Idle) advance();
}

Result<std::optional<std::uint64_t>> EpochCommitter::step() {
  if (step_ == Step::Idle && closed_.empty()) return std::nullopt;
  if (step_ != Step::Idle) TRY_DO(call());
  advance();
  if (step_ != Step::Idle) return std::nullopt;
  const std::uint64_t epoch = closed_.front().epoch;
  closed_.pop_front();
  if (!closed_.empty()) advance();
  return epoch;
}

Status EpochCommitter::call() {
  const EpochDelta& epoch = closed_.front();
  switch (step_) {
    case Step::Idle: break;
    case Step::Flush:
      TRY_DO(parts_.transaction->flush(epoch.epoch).during("flush the sinks"));
      WEIR_CRASH_POINT("epoch.flushed");
      break;
    case Step::Prepare:
      TRY_DO(parts_.image->prepare(epoch).during("write the state"));
      WEIR_CRASH_POINT("epoch.prepared");
      break;
    case Step::Publish:
      TRY_DO(parts_.transaction->commit(epoch.epoch, epoch.positions).during("commit the sinks"));
      WEIR_CRASH_POINT("epoch.published");
      break;
    case Step::Keep:
      TRY_DO(parts_.image->commit().during("commit the state"));
      WEIR_CRASH_POINT("epoch.kept");
      break;
  }
  return Done{};
}

bool EpochCommitter::has_part_in(Step step) const {
  switch (step) {
    case Step::Idle: return true;
    case Step::Flush:
    case Step::Publish: return parts_.transaction != nullptr;
    case Step::Prepare:
    case Step::Keep: return parts_.image != nullptr;
  }
  return false;
}

void EpochCommitter::advance() {
  do {
    step_ = step_ == Step::Keep ? Step::Idle : static_cast<Step>(static_cast<int>(step_) + 1);
  } while (!has_part_in(step_));
}

}  // namespace weir
