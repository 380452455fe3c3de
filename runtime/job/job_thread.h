#pragma once

#include <functional>
#include <memory>

#include "base/result.h"

namespace weir {

// Where what may block in the life of a job is done: asking the outside world, reading and writing
// the state. One piece at a time.
class JobThread {
 public:
  // Waits for the piece that is being done.
  virtual ~JobThread() = default;

  // Control thread; only when nothing is being done. Does `work`, then tells `done`, both on the
  // job's own thread.
  virtual void run(std::function<Status()> work, std::function<void(Status)> done) = 0;
};

// A real thread.
std::unique_ptr<JobThread> start_job_thread();

}  // namespace weir
