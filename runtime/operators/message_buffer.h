#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"
#include "connectors/sink.h"

namespace weir {

// Messages that are encoded and wait for their writer. Owned by one task.
//   buffer.text() += key;  buffer.end_key();
//   buffer.text() += header;  buffer.end_header();  …  as many as there are names
//   encoder.encode(row, buffer.text());  buffer.end_message(time);
class MessageBuffer final {
 public:
  MessageBuffer() = default;
  // Every message has headers of these names, in this order.
  explicit MessageBuffer(std::vector<std::string> headers) : header_names_(std::move(headers)) {}

  // Where the next message's key, then its headers, then its value are appended.
  std::string& text() { return text_; }
  void end_key() { key_end_ = text_.size(); }
  void end_header() { header_ends_.push_back(text_.size()); }
  void end_message(std::int64_t timestamp);

  // Hands over what the writer takes. True once nothing is left.
  Result<bool> drain(SinkWriter& writer);

  // Messages and bytes that wait.
  std::size_t count() const { return messages_.size() - next_; }
  std::size_t bytes() const { return text_.size() - start_; }
  bool empty() const { return next_ == messages_.size(); }

 private:
  OutMessage lend(std::size_t index, std::size_t begin);
  void compact();

  // Positions in text_: the key starts where the last value ended, the value where the last header
  // did.
  struct Message {
    std::size_t key_end;
    std::size_t value_end;
    std::int64_t timestamp;
  };

  std::string text_;
  std::vector<Message> messages_;
  std::vector<std::string> header_names_;
  std::vector<std::size_t> header_ends_;  // Of each message, one for each name.
  std::size_t key_end_ = 0;
  std::size_t next_ = 0;   // The first message that was not taken …
  std::size_t start_ = 0;  // … and where its text starts.
  std::vector<OutMessage> lent_;
  std::vector<std::pair<std::string_view, std::string_view>> lent_headers_;
};

}  // namespace weir
