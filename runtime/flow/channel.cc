#include "flow/channel.h"

#include <algorithm>
#include <memory>
#include <utility>

#include <boost/lockfree/spsc_queue.hpp>

#include "base/check.h"
#include "flow/waker.h"

namespace weir {

struct Channel::Ring {
  explicit Ring(std::size_t capacity) : items(capacity) {}
  boost::lockfree::spsc_queue<StreamItem*> items;
};

std::size_t bytes_of(const StreamItem& item) {
  const auto* batch = std::get_if<RowBatch>(&item);
  return batch == nullptr ? 1 : std::max<std::size_t>(batch->bytes, 1);
}

Channel::Channel(ChannelLimits limits)
    : limits_(limits), ring_(std::make_unique<Ring>(limits.items_max)) {}

Channel::~Channel() {
  ring_->items.consume_all([](StreamItem* item) { delete item; });
}

void Channel::set_wakers(Waker* producer, Waker* consumer) {
  producer_ = producer;
  consumer_ = consumer;
}

bool Channel::offer(StreamItem& item) {
  const std::size_t added = bytes_of(item);
  const std::size_t inside = bytes_.load(std::memory_order_relaxed);
  const bool has_room = inside == 0 || inside + added <= limits_.bytes_max;
  if (!has_room || ring_->items.write_available() == 0) {
    was_full_.store(true, std::memory_order_relaxed);
    return false;
  }
  bytes_.fetch_add(added, std::memory_order_relaxed);
  auto owned = std::make_unique<StreamItem>(std::move(item));
  CHECK(ring_->items.push(owned.get()));
  static_cast<void>(owned.release());
  if (consumer_ != nullptr) consumer_->wake();
  return true;
}

std::optional<StreamItem> Channel::poll() {
  StreamItem* popped = nullptr;
  if (!ring_->items.pop(popped)) return std::nullopt;
  const std::unique_ptr<StreamItem> owned(popped);
  bytes_.fetch_sub(bytes_of(*owned), std::memory_order_relaxed);
  if (producer_ != nullptr && was_full_.load(std::memory_order_relaxed)) {
    was_full_.store(false, std::memory_order_relaxed);
    producer_->wake();
  }
  return std::move(*owned);
}

bool Channel::is_empty() const {
  return ring_->items.read_available() == 0;
}

}  // namespace weir
