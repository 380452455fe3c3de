#pragma once

#include <algorithm>
#include <chrono>

namespace weir {

// How long to wait before something is tried again: longer each time, up to a limit. A pure value.
class GrowingDelay final {
 public:
  struct Limits {
    std::chrono::milliseconds first;
    std::chrono::milliseconds last;
  };
  explicit GrowingDelay(Limits limits) : limits_(limits), next_(limits.first) {}

  std::chrono::milliseconds next() {
    const auto delay = next_;
    next_ = std::min(next_ * 2, limits_.last);
    return delay;
  }
  void reset() { next_ = limits_.first; }

 private:
  Limits limits_;
  std::chrono::milliseconds next_;
};

}  // namespace weir
