// How fast a simulator tells its story: ahead of the clock's speed until it has caught up with the
// clock.
#pragma once

#include <algorithm>
#include <cstdint>
#include <limits>
#include <optional>
#include <stdexcept>

#include <weir/sdk.h>

namespace pace {

// Seconds of the story per second. Beyond it, 0 is as good: no waiting at all.
inline constexpr double kSpeedMax = 1e6;

inline void check_speed(double speed) {
  if (!(speed >= 0 && speed <= kSpeedMax))
    throw std::invalid_argument("speed must be 0 to 1000000");
}

class Pace final {
 public:
  // The story stands at `from` (ms UTC) now. `speed`: its seconds per second; 0: without waiting.
  Pace(weir::Clock clock, std::int64_t from, double speed)
      : clock_(clock), from_(from), speed_(speed), begun_(clock.now().milliseconds) {}

  // How far the story has got, ms UTC. Past the clock it goes on at the clock's speed.
  std::int64_t now() const {
    if (speed_ == 0) return std::numeric_limits<std::int64_t>::max();
    const std::int64_t real = clock_.now().milliseconds;
    const std::int64_t passed = real - begun_;
    const auto told = from_ + static_cast<std::int64_t>(static_cast<double>(passed) * speed_);
    return speed_ > 1 ? std::min(told, std::max(real, from_ + passed)) : told;
  }

 private:
  weir::Clock clock_;
  std::int64_t from_;
  double speed_;
  std::int64_t begun_;
};

// When a story without a given start begins. In whole minutes, and the same for all sources of a
// process, so that they tell the same story at the same time.
inline std::int64_t start_of_story(weir::Clock clock, weir::Duration history) {
  static const std::int64_t first_asked = clock.now().milliseconds;
  return std::max<std::int64_t>(first_asked - history.count(), 0) / 60'000 * 60'000;
}

// Where a reader stands in a story. The start of one that began "now" is part of the position, or
// after a restart it would be a place in another story.
struct Place {
  std::int64_t start = 0;  // ms UTC
  std::int64_t told = 0;   // messages

  // position := minutes from 1970 to the start, 0 when the options tell the start, times 2^36;
  //             plus the messages told.
  static constexpr std::int64_t kToldMax = std::int64_t{1} << 36;

  std::int64_t position(bool is_start_given) const {
    return told + (is_start_given ? 0 : start / 60'000 * kToldMax);
  }

  // `given`: the start that the options tell, 0: none. `otherwise`: the start of a new story.
  static Place at(std::optional<std::int64_t> position,
                  std::int64_t given,
                  std::int64_t otherwise) {
    if (given > 0) return {given, position.value_or(0) % kToldMax};
    if (position.value_or(0) < kToldMax) return {otherwise, 0};
    return {*position / kToldMax * 60'000, *position % kToldMax};
  }
};

}  // namespace pace
