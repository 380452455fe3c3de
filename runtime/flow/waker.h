#pragma once

namespace weir {

// Ends the pause of a worker that waits for something to do. Safe from any thread, cheap when
// the worker is not pausing; a wake that is missed costs at most a millisecond.
class Waker {
 public:
  virtual ~Waker() = default;
  virtual void wake() = 0;
};

}  // namespace weir
