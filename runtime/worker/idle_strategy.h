#pragma once

#include <chrono>
#include <cstdint>

namespace weir {

// What a worker does when no task moved: look again at once, let others run, or pause for a time
// that grows up to a millisecond. A pure value.
class IdleStrategy final {
 public:
  enum class Action : std::uint8_t { Spin, Yield, Park };

  // Something moved.
  void reset() { rounds_ = 0; }

  // Nothing moved, once more.
  Action next() {
    ++rounds_;
    if (rounds_ <= kSpins) return Action::Spin;
    if (rounds_ <= kSpins + kYields) return Action::Yield;
    return Action::Park;
  }

  // How long to park after next() said so.
  std::chrono::microseconds pause() const {
    const std::uint32_t parks = rounds_ - kSpins - kYields;
    return parks > kDoublings ? kPauseMax : kPauseMin * (1u << parks);
  }

 private:
  static constexpr std::uint32_t kSpins = 8;
  static constexpr std::uint32_t kYields = 8;
  static constexpr std::uint32_t kDoublings = 5;
  static constexpr std::chrono::microseconds kPauseMin{20};
  static constexpr std::chrono::microseconds kPauseMax{1000};

  std::uint32_t rounds_ = 0;  // Without movement; stops growing long before it is full.
};

}  // namespace weir
