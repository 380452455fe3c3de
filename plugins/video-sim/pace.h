// How fast the story is told: ahead of the clock's speed until it has caught up with the clock.
#pragma once

#include <algorithm>
#include <cstdint>
#include <limits>

#include <weir/sdk.h>

namespace video_sim {

class Pace final {
 public:
  // The story begins at `start` (ms UTC) now. `speed`: its seconds per second; 0: without waiting.
  Pace(weir::Clock clock, std::int64_t start, double speed)
      : clock_(clock), start_(start), speed_(speed), begun_(clock.now().milliseconds) {}

  // How far the story has got, ms UTC. Past the clock it goes on at the clock's speed.
  std::int64_t now() const {
    if (speed_ == 0) return std::numeric_limits<std::int64_t>::max();
    const std::int64_t real = clock_.now().milliseconds;
    const std::int64_t passed = real - begun_;
    const auto told = start_ + static_cast<std::int64_t>(static_cast<double>(passed) * speed_);
    return speed_ > 1 ? std::min(told, std::max(real, start_ + passed)) : told;
  }

 private:
  weir::Clock clock_;
  std::int64_t start_;
  double speed_;
  std::int64_t begun_;
};

// When a story without a given start begins. In whole minutes, and the same for all sources of a
// process, so that they tell the same story at the same time.
inline std::int64_t start_of_story(weir::Clock clock, weir::Duration history) {
  static const std::int64_t loaded = clock.now().milliseconds / 60'000 * 60'000;
  return loaded - history.count();
}

}  // namespace video_sim
