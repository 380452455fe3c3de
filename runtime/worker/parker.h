#pragma once

#include <atomic>
#include <chrono>
#include <semaphore>

#include "flow/waker.h"

namespace weir {

// Where one thread pauses until it is woken or its time is up.
class Parker final : public Waker {
 public:
  // The one thread. A wake() just before may be missed.
  void park(std::chrono::microseconds limit);

  // Any thread.
  void wake() override;

 private:
  std::atomic<bool> is_parked_ = false;
  std::counting_semaphore<> wakes_{0};
};

}  // namespace weir
