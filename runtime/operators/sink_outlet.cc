#include "operators/sink_outlet.h"

#include <utility>

namespace weir {

void SinkOutlet::push(StreamItem item) {
  if (const auto* batch = std::get_if<RowBatch>(&item)) {
    parts_.meter->rows_in.add(batch->size());
    for (std::size_t i = 0; i < batch->size(); ++i) {
      parts_.key.append(batch->rows[i], waiting_.text());
      waiting_.end_key();
      parts_.encoder->encode(batch->rows[i], waiting_.text());
      waiting_.end_message(batch->times[i]);
    }
    return;
  }
  must_flush_ |= std::holds_alternative<Barrier>(item) || std::holds_alternative<EndOfStream>(item);
}

Result<bool> SinkOutlet::drain() {
  auto done = write_and_flush();
  if (!done) return std::move(done).error().during("sink " + parts_.uid);
  return done;
}

Result<bool> SinkOutlet::write_and_flush() {
  if (!waiting_.empty()) {
    const std::size_t before = waiting_.count();
    TRY(const bool is_clear, waiting_.drain(*parts_.writer));
    parts_.meter->rows_out.add(before - waiting_.count());
    if (!is_clear) return false;
  }
  if (!must_flush_) return true;
  TRY(const Flush flushed, parts_.writer->flush());
  must_flush_ = flushed == Flush::Pending;
  return !must_flush_;
}

}  // namespace weir
