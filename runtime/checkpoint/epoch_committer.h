#pragma once

#include <cstdint>
#include <deque>
#include <optional>

#include "base/result.h"
#include "checkpoint/state_image.h"

namespace weir {

// Makes the closed epochs of one job final, in order, one call of the outside at a time:
//
//   Idle → Flush → Prepare → Publish → Keep → Idle
//
// Flush and Publish belong to the transaction, Prepare and Keep to the image; those of a part that
// the job does not have fall away. Which thread that is, and when the next step is done, is not its
// business; one at a time.
class EpochCommitter final {
 public:
  // Both outlive the committer; null: there is none.
  struct Parts {
    StateImage* image = nullptr;
    EpochTransaction* transaction = nullptr;
  };
  explicit EpochCommitter(Parts parts) : parts_(parts) {}

  enum class Step : std::uint8_t { Idle, Flush, Prepare, Publish, Keep };

  // Epochs that may wait behind the one under way; the job sends no barrier beyond it.
  static constexpr std::size_t kWaitingMax = 1;

  // The next epoch, whose barrier has passed every task.
  void take(EpochDelta closed);

  Step next() const { return step_; }
  bool is_idle() const { return closed_.empty(); }

  // Does what is next. The epoch that is final by this, if it is. Unavailable while
  // may_try_again(): there is no room for the state, nothing has happened, and next() is the same;
  // any other error is the end of the committer: whether the epoch happened, only recovery finds
  // out.
  Result<std::optional<std::uint64_t>> step();
  bool may_try_again() const { return step_ == Step::Prepare || step_ == Step::Keep; }

 private:
  Status call();
  bool has_part_in(Step step) const;
  void advance();

  Parts parts_;
  std::deque<EpochDelta> closed_;  // The first one is under way.
  Step step_ = Step::Idle;
};

}  // namespace weir
