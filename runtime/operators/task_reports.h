#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/error.h"
#include "base/id.h"
#include "connectors/source.h"
#include "model/event_time.h"
#include "state/state_delta.h"

namespace weir {

// A task of a job, counted from 0.
using TaskId = Id<struct TaskTag, std::uint32_t>;

// How far a source task is with one of its splits.
struct SplitReport {
  SplitPosition position;
  std::optional<std::int64_t> lag;
  std::optional<EventTime> watermark;
  bool is_idle = false;
  bool has_ended = false;
};

// What tasks tell their job. Called on the workers' threads; keeps the news and returns at once.
class TaskReports {
 public:
  virtual ~TaskReports() = default;

  // The barrier has gone through the task: everything it did before is safe in the outside world
  // or in front of the barrier in a channel. `splits`: sources only. `deltas`: what has changed of
  // the state of its operators between the barrier before and this one; nothing unless the job's
  // state is durable.
  virtual void passed(TaskId task,
                      std::uint64_t epoch,
                      std::vector<SplitReport> splits,
                      std::vector<OperatorDelta> deltas) = 0;

  // The task has done everything it will ever do, and that is safe. It counts as passed from now
  // on. The deltas belong to the first epoch whose barrier has not passed it: the one under way, or
  // the next one.
  virtual void finished(TaskId task,
                        std::vector<SplitReport> splits,
                        std::vector<OperatorDelta> deltas) = 0;

  // The task cannot go on; the error names the operator.
  virtual void failed(TaskId task, Error error) = 0;
};

}  // namespace weir
