#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "flow/watermark_merge.h"
#include "model/event_time.h"

namespace weir {

// The watermark of a task that reads several splits: each promises to stay within `out_of_order`
// of its largest time; the smallest promise of the active ones counts. A split falls idle when it
// has been listened to for `idle_after` without a row. A pure value.
class SplitWatermarks final {
 public:
  struct Options {
    std::chrono::milliseconds out_of_order{0};
    std::chrono::nanoseconds idle_after{0};  // 0: never.
  };

  explicit SplitWatermarks(Options options) : options_(options), merge_(0) {}

  // The next split, active and without a promise.
  void add_split();
  std::size_t split_count() const { return splits_.size(); }

  // A row of the split that counts: for the watermark from the next absorb() on.
  void observe(std::size_t split, std::int64_t time) {
    Split& observed = splits_[split];
    observed.is_heard = true;
    if (time > observed.largest) observed.largest = time;
  }

  // All there is to know about a split. One that is new can go on where another object left it;
  // before it is observed.
  struct Standing {
    std::int64_t largest = EventTime::min().milliseconds;
    EventTime promise = EventTime::min();
    std::chrono::nanoseconds silence{0};  // Listened to without a row, at most until it is idle.
    bool is_idle = false;
  };
  Standing standing(std::size_t split) const;
  void resume(std::size_t split, const Standing& standing);

  // The task has been listening to all its splits for so long, and took all that was there.
  void listen(std::chrono::nanoseconds elapsed) { listened_ += elapsed; }

  // Whether the split has been silent long enough to be marked idle.
  bool is_silent(std::size_t split) const;

  void mark_idle(std::size_t split) { static_cast<void>(merge_.mark_idle(split)); }
  void mark_ended(std::size_t split) { static_cast<void>(merge_.mark_ended(split)); }

  // Takes what was observed into account.
  void absorb();
  // The watermark, if it has moved since the last time.
  std::optional<EventTime> advance();

  // There is nothing to say about time: no split, or none that is active.
  bool is_idle() const { return splits_.empty() || merge_.is_idle(); }
  bool is_split_idle(std::size_t split) const { return merge_.is_idle(split); }
  EventTime promise(std::size_t split) const { return merge_.promise(split); }
  std::optional<std::size_t> holder() const { return merge_.holder(); }

 private:
  struct Split {
    std::int64_t largest = EventTime::min().milliseconds;
    std::chrono::nanoseconds heard_at{0};  // Of the time listened.
    bool is_heard = false;                 // Since the last absorb().
  };

  Options options_;
  std::vector<Split> splits_;
  WatermarkMerge merge_;
  std::chrono::nanoseconds listened_{0};
  EventTime told_ = EventTime::min();
};

}  // namespace weir
