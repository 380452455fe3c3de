#pragma once

#include <atomic>
#include <cstddef>
#include <memory>
#include <optional>

#include "flow/stream_item.h"

namespace weir {

class Waker;

// What a batch counts for; other items count for one byte.
std::size_t bytes_of(const StreamItem& item);

struct ChannelLimits {
  std::size_t bytes_max = 1 << 20;
  std::size_t items_max = 512;
};

// A bounded queue from one task to another: the only place where a row changes threads.
// One producer thread, one consumer thread. Neither ever waits.
class Channel final {
 public:
  explicit Channel(ChannelLimits limits = {});
  ~Channel();
  Channel(const Channel&) = delete;
  Channel& operator=(const Channel&) = delete;

  // Who is woken when an item comes in, and when one goes out of a full channel. Null: nobody.
  // Before the threads meet only.
  void set_wakers(Waker* producer, Waker* consumer);

  // Producer. Takes `item` and returns true, or leaves it alone when full. An empty channel takes
  // any item, so one that is larger than the limit slows a job but never stops it.
  [[nodiscard]] bool offer(StreamItem& item);

  // Consumer. The next item, if there is one.
  std::optional<StreamItem> poll();

  // Consumer. Whether poll() would find something.
  bool is_empty() const;

  // Bytes inside, as seen from any thread.
  std::size_t bytes() const { return bytes_.load(std::memory_order_relaxed); }

 private:
  struct Ring;

  // Set before the threads meet.
  ChannelLimits limits_;
  Waker* producer_ = nullptr;
  Waker* consumer_ = nullptr;

  // Owns the items inside.
  std::unique_ptr<Ring> ring_;

  // Relaxed throughout: the ring orders the items. Only the consumer lowers the number, so the
  // producer sees at least what is inside and never exceeds the limit.
  alignas(64) std::atomic<std::size_t> bytes_ = 0;
  // Whether the producer was refused since the last poll. A missed flag costs a pause, no item.
  std::atomic<bool> was_full_ = false;
};

}  // namespace weir
