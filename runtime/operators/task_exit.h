#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "base/clock.h"
#include "crash/call_marker.h"
#include "flow/task.h"
#include "operators/chain.h"
#include "operators/meters.h"
#include "operators/sides_task.h"
#include "operators/task_reports.h"

namespace weir {

// What every task of a job is given. All but the numbers outlive it.
struct TaskContext {
  TaskId id;
  TaskReports& reports;
  SideStreams& sides;
  SidesTask* sides_task = nullptr;  // Null when no side stream is connected.
  std::size_t side_slot = 0;        // Its place among the tasks that `sides_task` waits for.
  TaskMeter& meter;
  const Clock& clock;
  CallMarker& marker;  // Of its worker.
  CallSites& sites;
  bool is_durable = false;  // Whether what its operators hold is collected at barriers.
  std::size_t worker = 0;   // Its number.
};

// The way out of a task: its chain, whether there is room behind it, and what the job is told.
// Owned by the task.
class TaskExit final {
 public:
  TaskExit(TaskContext context, std::unique_ptr<Chain> chain);

  Chain& chain() { return *chain_; }
  const Chain& chain() const { return *chain_; }
  const TaskContext& context() const { return context_; }

  // Moves on what waits. False: there is no room, nothing may be given to the chain. Tells the
  // job when a barrier or the end has gone through and all deltas are collected. Rows may be given
  // to the chain meanwhile; behind a barrier only.
  Result<bool> make_room();

  // Deltas are still being collected: call make_room() again soon.
  bool is_collecting() const { return is_collecting_; }

  // One of these at a time, followed by make_room() until it says true and is_collecting() false.
  // `deltas`: the task's own; those of its operators join them. Behind the barrier the chain has
  // the functions that it carries.
  void send_barrier(Barrier barrier,
                    std::vector<SplitReport> splits = {},
                    std::vector<OperatorDelta> deltas = {});
  void send_end(std::vector<SplitReport> splits = {}, std::vector<OperatorDelta> deltas = {});

  // The end has been sent.
  bool is_ending() const { return is_ending_; }
  // … and has gone through.
  bool has_ended() const { return has_ended_; }

  void fail(Error error) { context_.reports.failed(context_.id, std::move(error)); }

 private:
  void enter_sides();
  void note_blocked();
  void note_free();
  void keep(std::vector<SplitReport> splits, std::vector<OperatorDelta> deltas);
  void go_through();
  void tell();

  TaskContext context_;
  std::unique_ptr<Chain> chain_;

  // On the way out.
  std::optional<std::uint64_t> barrier_;
  bool is_ending_ = false;
  std::vector<SplitReport> splits_;
  std::vector<OperatorDelta> deltas_;
  bool is_collecting_ = false;
  bool has_gone_through_ = false;

  bool has_ended_ = false;
  bool is_blocked_ = false;
};

}  // namespace weir
