#include "worker/parker.h"

namespace weir {

void Parker::park(std::chrono::microseconds limit) {
  // A wake that came when the last pause was just over.
  while (wakes_.try_acquire()) {}
  is_parked_.store(true);
  static_cast<void>(wakes_.try_acquire_for(limit));
  is_parked_.store(false);
}

void Parker::wake() {
  // Most calls find a thread that works; reading costs little, exchanging does not.
  if (is_parked_.load(std::memory_order_relaxed) && is_parked_.exchange(false)) wakes_.release();
}

}  // namespace weir
