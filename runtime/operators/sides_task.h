#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "flow/barrier_alignment.h"
#include "flow/task.h"
#include "operators/side_streams.h"
#include "operators/task_reports.h"

namespace weir {

// Writes out what the tasks of one job on one worker set aside. A barrier has passed it once it
// has passed all those tasks and what they wrote before is safe.
class SidesTask final : public Task {
 public:
  // The references outlive the task. `slots`: how many tasks there are.
  SidesTask(TaskId id, std::size_t slots, SideStreams& streams, TaskReports& reports);

  Progress step() override;

  // From the other tasks, on the same thread: a barrier or the end has passed the one in `slot`.
  void arrive(std::size_t slot, std::uint64_t epoch);
  void end(std::size_t slot);
  // Whether what that task sets aside belongs to the epoch behind the one that is being closed.
  bool is_ahead(std::size_t slot) const { return passing_ || alignment_.is_blocked(slot); }

 private:
  Result<Progress> move();

  TaskId id_;
  SideStreams& streams_;
  TaskReports& reports_;
  BarrierAlignment alignment_;
  std::size_t open_slots_;
  std::optional<std::uint64_t> passing_;
  std::vector<std::size_t> ended_ahead_;  // Slots whose end belongs behind the barrier.
  bool is_over_ = false;
};

}  // namespace weir
