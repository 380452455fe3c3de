#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/error.h"
#include "base/id.h"
#include "connectors/source.h"
#include "model/event_time.h"

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
  // or in front of the barrier in a channel. `splits`: sources only.
  virtual void passed(TaskId task, std::uint64_t epoch, std::vector<SplitReport> splits) = 0;

  // The task has done everything it will ever do, and that is safe. It counts as passed from now
  // on. The same splits.
  virtual void finished(TaskId task, std::vector<SplitReport> splits) = 0;

  // The task cannot go on; the error names the operator.
  virtual void failed(TaskId task, Error error) = 0;
};

}  // namespace weir
