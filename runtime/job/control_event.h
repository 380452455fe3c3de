#pragma once

#include <cstdint>
#include <functional>
#include <variant>
#include <vector>

#include "operators/task_reports.h"
#include "worker/worker.h"

namespace weir {

// What tasks and workers tell the control thread about one run of a job.
struct BarrierPassed {
  TaskGroup run;
  TaskId task;
  std::uint64_t epoch;
  std::vector<SplitReport> splits;
  std::vector<OperatorDelta> deltas;
};

struct TaskFinished {
  TaskGroup run;
  TaskId task;
  std::vector<SplitReport> splits;
  std::vector<OperatorDelta> deltas;
};

struct TaskFailed {
  TaskGroup run;
  TaskId task;
  Error error;
};

struct TasksReturned {
  TaskGroup run;
  Tasks tasks;
};

// What was done on the job's own thread.
struct WorkDone {
  TaskGroup run;
  Status outcome;
};

using JobEvent = std::variant<BarrierPassed, TaskFinished, TaskFailed, TasksReturned, WorkDone>;

}  // namespace weir
