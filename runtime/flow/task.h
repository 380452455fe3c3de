// The unit of scheduling.
#pragma once

namespace weir {

// What a step came to.
enum class Progress {
  None,      // Nothing could be done: no input, or no room for output.
  Made,      // Something moved: step again soon.
  Finished,  // Nothing will ever move again, because of the end or of a failure. No step follows.
};

// Does a bounded piece of work at each step. Owned by a worker and stepped on its thread only;
// never blocks. Made and destroyed on the job's thread.
class Task {
 public:
  virtual ~Task() = default;
  virtual Progress step() = 0;
};

}  // namespace weir
