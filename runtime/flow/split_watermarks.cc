#include "flow/split_watermarks.h"

#include <algorithm>

namespace weir {
namespace {

// The largest time that is safe to promise: one before what may still come.
EventTime promise_of(std::int64_t largest, std::int64_t out_of_order) {
  const std::int64_t smallest = EventTime::min().milliseconds;
  if (largest < smallest + out_of_order + 1) return EventTime::min();
  return {largest - out_of_order - 1};
}

}  // namespace

void SplitWatermarks::add_split() {
  splits_.push_back({.heard_at = listened_});
  merge_.add_input();
}

SplitWatermarks::Standing SplitWatermarks::standing(std::size_t split) const {
  const Split& known = splits_[split];
  const std::chrono::nanoseconds silence =
      known.is_heard ? std::chrono::nanoseconds(0) : listened_ - known.heard_at;
  return {.largest = known.largest,
          .promise = merge_.promise(split),
          .silence = std::min(silence, options_.idle_after),
          .is_idle = merge_.is_idle(split)};
}

void SplitWatermarks::resume(std::size_t split, const Standing& standing) {
  Split& resumed = splits_[split];
  resumed.largest = standing.largest;
  resumed.heard_at = listened_ - standing.silence;
  resumed.is_heard = promise_of(standing.largest, options_.out_of_order.count()) > standing.promise;
  if (standing.promise > EventTime::min())
    static_cast<void>(merge_.observe(split, standing.promise));
  if (standing.is_idle) mark_idle(split);
}

bool SplitWatermarks::is_silent(std::size_t split) const {
  if (options_.idle_after.count() == 0 || merge_.is_idle(split)) return false;
  return listened_ - splits_[split].heard_at >= options_.idle_after;
}

void SplitWatermarks::absorb() {
  for (std::size_t i = 0; i < splits_.size(); ++i) {
    Split& split = splits_[i];
    if (!split.is_heard) continue;
    split.is_heard = false;
    split.heard_at = listened_;
    static_cast<void>(merge_.observe(i, promise_of(split.largest, options_.out_of_order.count())));
  }
}

std::optional<EventTime> SplitWatermarks::advance() {
  if (merge_.merged() <= told_) return std::nullopt;
  told_ = merge_.merged();
  return told_;
}

}  // namespace weir
