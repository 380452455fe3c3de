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
  CHECK(header_ends_.size() == messages_.size() * header_names_.size());
}

// Its key starts at `begin`. There is room for its headers in lent_headers_.
OutMessage MessageBuffer::lend(std::size_t index, std::size_t begin) {
  const Message& message = messages_[index];
  const std::size_t names = header_names_.size();
  const std::string_view text = text_;
  OutMessage lent;
  lent.key = text.substr(begin, message.key_end - begin);
  std::size_t place = message.key_end;
  for (std::size_t i = 0; i < names; ++i) {
    const std::size_t end = header_ends_[index * names + i];
    lent_headers_.emplace_back(header_names_[i], text.substr(place, end - place));
    place = end;
  }
  lent.headers = std::span(lent_headers_).last(names);
  lent.value = text.substr(place, message.value_end - place);
  lent.timestamp = message.timestamp;
  return lent;
}

Result<bool> MessageBuffer::drain(SinkWriter& writer) {
  while (next_ < messages_.size()) {
    const std::size_t end = std::min(messages_.size(), next_ + kMessagesPerWrite);
    lent_.clear();
    lent_headers_.clear();
    lent_headers_.reserve((end - next_) * header_names_.size());
    std::size_t begin = start_;
    for (std::size_t i = next_; i < end; ++i) {
      lent_.push_back(lend(i, begin));
      begin = messages_[i].value_end;
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
  header_ends_.clear();
  key_end_ = next_ = start_ = 0;
  return true;
}

// What was taken may stand in front of what waits for long.
void MessageBuffer::compact() {
  if (start_ < kCompactBytesMin || start_ < text_.size() / 2) return;
  text_.erase(0, start_);
  messages_.erase(messages_.begin(), messages_.begin() + static_cast<std::ptrdiff_t>(next_));
  const std::size_t headers = next_ * header_names_.size();
  header_ends_.erase(header_ends_.begin(),
                     header_ends_.begin() + static_cast<std::ptrdiff_t>(headers));
  for (std::size_t& end : header_ends_)
    end -= start_;
  for (Message& message : messages_) {
    message.key_end -= start_;
    message.value_end -= start_;
  }
  key_end_ = text_.size();
  next_ = start_ = 0;
}

}  // namespace weir
