#pragma once

#include <chrono>
#include <cstdint>

namespace weir {

// Decides when the call that a worker is in has gone on for too long. Fed with what is seen of the
// worker's marker from time to time. A pure value.
class CallWatch final {
 public:
  // 0: never.
  struct Limits {
    std::chrono::milliseconds warning{0};
    std::chrono::milliseconds limit{0};
  };

  enum class Verdict : std::uint8_t {
    Fine,
    Slow,     // For the first time of this call.
    TooLong,  // For the first time of this call.
  };

  explicit CallWatch(Limits limits) : limits_(limits) {}

  // The worker was seen at `turn` of its marker, in a call or not, `elapsed` after the last look.
  // A call is counted from the first look that sees it, so it may have been longer.
  Verdict observe(std::uint64_t turn, bool is_called, std::chrono::milliseconds elapsed) {
    if (turn != turn_ || !is_called) {
      *this = CallWatch(limits_);
      turn_ = turn;
      return Verdict::Fine;
    }
    lasting_ += elapsed;
    if (passes(limits_.limit) && !is_too_long_) {
      is_slow_ = is_too_long_ = true;
      return Verdict::TooLong;
    }
    if (passes(limits_.warning) && !is_slow_) {
      is_slow_ = true;
      return Verdict::Slow;
    }
    return Verdict::Fine;
  }

  bool is_slow() const { return is_slow_; }
  std::chrono::milliseconds lasting() const { return lasting_; }

 private:
  bool passes(std::chrono::milliseconds limit) const {
    return limit.count() > 0 && lasting_ >= limit;
  }

  Limits limits_;
  std::uint64_t turn_ = 0;
  std::chrono::milliseconds lasting_{0};
  bool is_slow_ = false;
  bool is_too_long_ = false;
};

}  // namespace weir
