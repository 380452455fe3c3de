#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <optional>

#include "base/clock.h"

namespace weir {

// The longest time without an event, whichever thread the events come from, while somebody wants to
// know it.
class GapMeter final {
 public:
  struct Reading {
    std::uint64_t events = 0;
    // From the beginning to the first event, between two of them, or from the last one to the end.
    std::chrono::nanoseconds longest{0};
    std::optional<MonotonicTime> last = std::nullopt;  // The last event, or the beginning.
  };

  // The clock outlives the meter.
  explicit GapMeter(const Clock& clock) : clock_(clock) {}

  // An event, on any thread. Next to nothing as long as nobody measures.
  void note() {
    // Relaxed: an event too many or too few at either end changes no gap by more than its own time.
    if (is_measuring_.load(std::memory_order_relaxed)) note(nanoseconds_now());
  }

  // By one thread, in turns. Goes on where another meter stopped, if `before` says so.
  void begin() { begin(Reading{}); }
  void begin(const Reading& before) {
    events_ = before.events;
    longest_ = before.longest.count();
    last_ = before.last ? before.last->time_since_epoch().count() : nanoseconds_now();
    is_measuring_ = true;
  }
  Reading end() {
    is_measuring_ = false;
    const std::int64_t last = last_;
    raise(nanoseconds_now() - last);
    return {
        events_, std::chrono::nanoseconds(longest_), MonotonicTime(std::chrono::nanoseconds(last))};
  }

 private:
  std::int64_t nanoseconds_now() const { return clock_.monotonic_now().time_since_epoch().count(); }
  void note(std::int64_t now) {
    raise(now - last_.exchange(now));
    ++events_;
  }
  void raise(std::int64_t gap) {
    std::int64_t known = longest_;
    while (gap > known && !longest_.compare_exchange_weak(known, gap)) {}
  }

  const Clock& clock_;
  std::atomic<bool> is_measuring_ = false;
  std::atomic<std::int64_t> last_ = 0;  // Nanoseconds of the monotonic clock, as is the longest.
  std::atomic<std::int64_t> longest_ = 0;
  std::atomic<std::uint64_t> events_ = 0;
};

}  // namespace weir
