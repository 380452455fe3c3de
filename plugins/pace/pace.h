// How fast a simulator tells its story: ahead of the clock's speed until it has caught up with the
// clock.
#pragma once

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <limits>

namespace sim {

inline std::int64_t clock_now() {
  using std::chrono::duration_cast;
  using std::chrono::milliseconds;
  return duration_cast<milliseconds>(std::chrono::system_clock::now().time_since_epoch()).count();
}

// One moment for all sources of a process, so that they tell the same story at the same time. In
// whole minutes: sources that were loaded apart mostly agree, too.
inline std::int64_t loaded_at() {
  static const std::int64_t moment = clock_now() / 60'000 * 60'000;
  return moment;
}

class Pace final {
 public:
  // The story begins at `start` (ms UTC) now. `speed`: its seconds per second; 0: without waiting.
  Pace(std::int64_t start, double speed) : start_(start), speed_(speed), begun_(clock_now()) {}

  // How far the story has got, ms UTC. Past the clock it goes on at the clock's speed.
  std::int64_t now() const {
    if (speed_ == 0) return std::numeric_limits<std::int64_t>::max();
    const std::int64_t real = clock_now();
    const auto passed = static_cast<double>(real - begun_);
    const std::int64_t told = start_ + static_cast<std::int64_t>(passed * speed_);
    return speed_ > 1 ? std::min(told, std::max(real, start_ + (real - begun_))) : told;
  }

 private:
  std::int64_t start_;
  double speed_;
  std::int64_t begun_;
};

}  // namespace sim
