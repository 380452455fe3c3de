#pragma once

#include <algorithm>
#include <chrono>

namespace weir {

// How long to wait before a host that died is started again: twice as long after each death that
// follows soon on the start, from `first` up to a minute. A pure value.
class RestartDelay final {
 public:
  static constexpr std::chrono::milliseconds kMax = std::chrono::minutes(1);
  // Who lived for so long has proven itself: the delays begin anew.
  static constexpr std::chrono::milliseconds kGoodWhile = std::chrono::minutes(5);

  explicit RestartDelay(std::chrono::milliseconds first)
      : first_(std::min(first, kMax)), next_(first_) {}

  // The host died after having lived for `lived`.
  std::chrono::milliseconds after(std::chrono::milliseconds lived) {
    if (lived >= kGoodWhile) next_ = first_;
    const std::chrono::milliseconds delay = next_;
    next_ = std::min(2 * next_, kMax);
    return delay;
  }

 private:
  std::chrono::milliseconds first_;
  std::chrono::milliseconds next_;
};

}  // namespace weir
