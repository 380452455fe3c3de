#pragma once

#include <atomic>
#include <chrono>

#include "base/clock.h"

namespace weir::fakes {

// A clock that stands still until the test moves it. Both times move together.
class ManualClock final : public Clock {
 public:
  explicit ManualClock(WallTime start = WallTime(std::chrono::milliseconds(1'700'000'000'000)))
      : start_(start) {}

  void advance(std::chrono::nanoseconds step) { passed_ += step.count(); }

  WallTime wall_now() const override {
    return start_ + std::chrono::floor<std::chrono::milliseconds>(passed());
  }
  MonotonicTime monotonic_now() const override { return MonotonicTime(passed()); }

 private:
  std::chrono::nanoseconds passed() const { return std::chrono::nanoseconds(passed_.load()); }

  WallTime start_;
  std::atomic<std::chrono::nanoseconds::rep> passed_ = 0;
};

}  // namespace weir::fakes
