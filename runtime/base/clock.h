#pragma once

#include <chrono>

namespace weir {

// UTC. May jump when the machine's clock is set.
using WallTime = std::chrono::time_point<std::chrono::system_clock, std::chrono::milliseconds>;

// Since an arbitrary start; never goes back. For durations and deadlines.
using MonotonicTime = std::chrono::time_point<std::chrono::steady_clock, std::chrono::nanoseconds>;

// Where time comes from. Passed to whoever needs it, so that a test can be the time.
// Safe to call from any thread.
class Clock {
 public:
  virtual ~Clock() = default;
  virtual WallTime wall_now() const = 0;
  virtual MonotonicTime monotonic_now() const = 0;
};

// The clock of the machine.
class SystemClock final : public Clock {
 public:
  WallTime wall_now() const override;
  MonotonicTime monotonic_now() const override;
};

}  // namespace weir
