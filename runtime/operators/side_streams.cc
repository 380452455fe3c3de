#include "operators/side_streams.h"

#include <algorithm>
#include <utility>

#include "base/check.h"
#include "base/format.h"

namespace weir {
namespace {

// Beyond it tasks wait. Large enough for what one step sets aside.
constexpr std::size_t kWaitingBytesMax = 1 << 20;
// The same for what may wait for a transaction to open.
constexpr std::size_t kHeldBytesMax = 32 << 20;

// The outside world gives the message the time of its arrival.
constexpr std::int64_t kNoTime = -1;

}  // namespace

std::string_view name_of(SideStream stream) {
  switch (stream) {
    case SideStream::Filtered: return "filtered";
    case SideStream::Unnatural: return "unnatural";
    case SideStream::Late: return "late";
    case SideStream::Timing: return "timing";
    case SideStream::Errors: return "errors";
  }
  return "";
}

SideRowEncoder::SideRowEncoder(std::string_view operator_uid, const RecordSchema& schema)
    : prefix_(format(R"({{"weir.operator":"{}","weir.record":"{}")", operator_uid, schema.name)),
      encoder_(make_json_encoder(schema)) {}

void SideRowEncoder::encode(const void* row, std::string& out) {
  out += prefix_;
  const std::size_t begin = out.size();
  encoder_->encode(row, out);
  if (out.compare(begin, std::string::npos, "{}") == 0) {
    out.erase(begin, 1);
  } else {
    out[begin] = ',';
  }
}

SideStreams::SideStreams(Options options, Writers writers)
    : options_(std::move(options)),
      writers_(std::move(writers)),
      error_schema_(error_record_schema()),
      timing_schema_(timing_record_schema()),
      error_encoder_(make_json_encoder(error_schema_)),
      timing_encoder_(make_json_encoder(timing_schema_)) {}

bool SideStreams::is_connected(SideStream stream) const {
  return writers_[static_cast<std::size_t>(stream)] != nullptr;
}

bool SideStreams::has_waiting() const {
  return std::any_of(buffers_.begin(), buffers_.end(), [](const MessageBuffer& waiting) {
    return !waiting.empty();
  });
}

bool SideStreams::is_full() const {
  // What waits for the barrier must not keep a task from it.
  const Buffers& buffers = is_ahead_ ? ahead_ : buffers_;
  for (std::size_t i = 0; i < kSideStreams; ++i) {
    const std::size_t limit = options_.is_transactional[i] ? kHeldBytesMax : kWaitingBytesMax;
    if (buffers[i].bytes() > limit) return true;
  }
  return false;
}

void SideStreams::seal(std::uint64_t epoch) {
  for (std::size_t i = 0; i < kSideStreams; ++i) {
    if (writers_[i] != nullptr && options_.is_transactional[i]) writers_[i]->seal(epoch);
  }
}

void SideStreams::write_rows(SideStream stream, SideRowEncoder& encoder, const RowBatch& rows) {
  if (!is_connected(stream)) return;
  MessageBuffer& waiting = buffer(stream);
  // A broker refuses times far in the future, and would end the job with it.
  const bool is_unnatural = stream == SideStream::Unnatural;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    encoder.encode(rows.rows[i], waiting.text());
    waiting.end_message(is_unnatural ? kNoTime : rows.times[i]);
  }
}

void SideStreams::write_error(const ErrorRecord& error) {
  if (!is_connected(SideStream::Errors) || options_.bad_rows == BadRows::Skip) return;
  MessageBuffer& waiting = buffer(SideStream::Errors);
  if (error.value.size > options_.value_bytes_max) {
    ErrorRecord cut = error;
    cut.value.size = options_.value_bytes_max;
    cut.value_size = error.value.size;
    cut.has_value_size = 1;
    error_encoder_->encode(&cut, waiting.text());
  } else {
    error_encoder_->encode(&error, waiting.text());
  }
  waiting.end_message(kNoTime);  // Its own may be anything: see write_rows.
}

void SideStreams::write_timing(const TimingRecord& timing) {
  if (!is_connected(SideStream::Timing)) return;
  const std::int64_t slower_than = options_.slower_than.count();
  if (slower_than > 0 && timing.delay_ms <= slower_than) return;
  timings_.add(1);
  MessageBuffer& waiting = buffer(SideStream::Timing);
  timing_encoder_->encode(&timing, waiting.text());
  waiting.end_message(timing.event_time);
}

void SideStreams::release_ahead() {
  CHECK(!has_waiting());
  std::swap(buffers_, ahead_);
}

Result<bool> SideStreams::drain() {
  bool is_clear = true;
  for (std::size_t i = 0; i < kSideStreams; ++i) {
    if (writers_[i] == nullptr || buffers_[i].empty()) continue;
    auto drained = buffers_[i].drain(*writers_[i]);
    if (!drained) {
      return std::move(drained).error().during(
          format("side stream {}", name_of(static_cast<SideStream>(i))));
    }
    is_clear &= *drained;
  }
  return is_clear;
}

Result<bool> SideStreams::flush() {
  bool is_safe = true;
  for (std::size_t i = 0; i < kSideStreams; ++i) {
    if (writers_[i] == nullptr || options_.is_transactional[i]) continue;
    auto flushed = writers_[i]->flush();
    if (!flushed) {
      return std::move(flushed).error().during(
          format("side stream {}", name_of(static_cast<SideStream>(i))));
    }
    is_safe &= *flushed == Flush::Complete;
  }
  return is_safe;
}

}  // namespace weir
