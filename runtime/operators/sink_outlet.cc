#include "operators/sink_outlet.h"

#include <utility>

namespace weir {
namespace {

std::vector<std::string> names_of(const std::vector<MessageHeader>& headers) {
  std::vector<std::string> names;
  for (const MessageHeader& header : headers)
    names.push_back(header.name);
  return names;
}

}  // namespace

SinkOutlet::SinkOutlet(Parts parts)
    : parts_(std::move(parts)), waiting_(names_of(parts_.headers)) {}

void SinkOutlet::push(StreamItem item) {
  if (const auto* batch = std::get_if<RowBatch>(&item)) {
    parts_.meter->rows_in.add(batch->size());
    if (parts_.gaps != nullptr) parts_.gaps->note();
    for (std::size_t i = 0; i < batch->size(); ++i) {
      parts_.key.append(batch->rows[i], waiting_.text());
      waiting_.end_key();
      for (const MessageHeader& header : parts_.headers) {
        header.value.append(batch->rows[i], waiting_.text());
        waiting_.end_header();
      }
      parts_.encoder->encode(batch->rows[i], waiting_.text());
      waiting_.end_message(batch->times[i]);
    }
    return;
  }
  const auto* barrier = std::get_if<Barrier>(&item);
  const bool is_end = std::holds_alternative<EndOfStream>(item);
  if (!parts_.is_transactional) {
    must_flush_ |= barrier != nullptr || is_end;
    return;
  }
  if (barrier != nullptr) barrier_ = barrier->epoch;
  is_ending_ |= is_end;
}

Result<bool> SinkOutlet::drain() {
  auto is_written = write();
  if (is_written && parts_.is_transactional) return seal();
  auto done = is_written && *is_written ? flush() : std::move(is_written);
  if (!done) return std::move(done).error().during("sink " + parts_.uid);
  return done;
}

Result<bool> SinkOutlet::write() {
  if (waiting_.empty()) return true;
  const std::size_t before = waiting_.count();
  TRY(const bool is_clear, waiting_.drain(*parts_.writer));
  parts_.meter->rows_out.add(before - waiting_.count());
  return is_clear;
}

Result<bool> SinkOutlet::flush() {
  if (!must_flush_) return true;
  TRY(const Flush flushed, parts_.writer->flush());
  must_flush_ = flushed == Flush::Pending;
  return !must_flush_;
}

// Behind the barrier, and at the end, nothing may be left; else it may wait.
bool SinkOutlet::seal() {
  if (!barrier_ && !is_ending_) return waiting_.bytes() <= kHeldBytesMax;
  if (!waiting_.empty()) return false;
  if (barrier_) parts_.writer->seal(*std::exchange(barrier_, std::nullopt));
  return true;
}

}  // namespace weir
