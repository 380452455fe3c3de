#include "operators/message_buffer.h"

#include <algorithm>

#include "base/check.h"

namespace weir {
namespace {

constexpr std::size_t kMessagesPerWrite = 256;
constexpr std::size_t kCompactBytesMin = 1 << 20;

}  // namespace

void MessageBuffer::end_message(std::int64_t timestamp) {
  const std::size_t begin = messages_.empty() ? 0 : messages_.back().value_end;
  messages_.push_back({std::max(key_end_, begin), text_.size(), timestamp});
  key_end_ = text_.size();
}

Result<bool> MessageBuffer::drain(SinkWriter& writer) {
  while (next_ < messages_.size()) {
    const std::size_t end = std::min(messages_.size(), next_ + kMessagesPerWrite);
    lent_.clear();
    std::size_t begin = start_;
    for (std::size_t i = next_; i < end; ++i) {
      const Message& message = messages_[i];
      OutMessage lent;
      lent.key = {text_.data() + begin, message.key_end - begin};
      lent.value = {text_.data() + message.key_end, message.value_end - message.key_end};
      lent.timestamp = message.timestamp;
      lent_.push_back(lent);
      begin = message.value_end;
    }
    TRY(const std::size_t taken, writer.write(lent_));
    CHECK(taken <= lent_.size());
    next_ += taken;
    if (taken > 0) start_ = messages_[next_ - 1].value_end;
    if (taken < lent_.size()) {
      compact();
      return false;
    }
  }
  text_.clear();
  messages_.clear();
  key_end_ = next_ = start_ = 0;
  return true;
}

// What was taken may stand in front of what waits for long.
void MessageBuffer::compact() {
  if (start_ < kCompactBytesMin || start_ < text_.size() / 2) return;
  text_.erase(0, start_);
  messages_.erase(messages_.begin(), messages_.begin() + static_cast<std::ptrdiff_t>(next_));
  for (Message& message : messages_) {
    message.key_end -= start_;
    message.value_end -= start_;
  }
  key_end_ = text_.size();
  next_ = start_ = 0;
}

}  // namespace weir
