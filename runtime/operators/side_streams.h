#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "base/counter.h"
#include "base/result.h"
#include "connectors/sink.h"
#include "flow/operator.h"
#include "format/format.h"
#include "operators/message_buffer.h"
#include "operators/side_records.h"

namespace weir {

// What becomes of records that are no row, and of rows that a plugin refuses.
enum class BadRows : std::uint8_t {
  SetAside,  // They go to side stream errors.
  Skip,      // They are counted, nothing more.
  Stop,      // The first one fails the job.
};

inline constexpr std::size_t kSideStreams = 5;
std::string_view name_of(SideStream stream);

// Turns rows of one record type, met at one operator, into JSON that names both and can be
// replayed as it is: the two fields it adds are unknown to decoders.
class SideRowEncoder final {
 public:
  // `schema` outlives the encoder.
  SideRowEncoder(std::string_view operator_uid, const RecordSchema& schema);

  // Appends {"weir.operator":…,"weir.record":…, and the row's fields}.
  void encode(const void* row, std::string& out);
  // Appends the row as it is.
  void encode_plain(const void* row, std::string& out) { encoder_->encode(row, out); }

 private:
  std::string prefix_;
  std::unique_ptr<Encoder> encoder_;
};

// The side streams of one job on one worker: takes what the tasks set aside. Used on that
// worker's thread only; made and destroyed on the job's thread.
class SideStreams final {
 public:
  using Writers = std::array<std::unique_ptr<SinkWriter>, kSideStreams>;  // Null: not connected.

  struct Options {
    std::string job;
    BadRows bad_rows = BadRows::SetAside;
    std::chrono::milliseconds slower_than{0};
    std::array<bool, kSideStreams> is_transactional{};
    std::size_t value_bytes_max = 700'000;  // Longer values of errors are cut.
  };

  SideStreams(Options options, Writers writers);

  const std::string& job() const { return options_.job; }
  BadRows bad_rows() const { return options_.bad_rows; }
  // Whether something written to the stream goes anywhere.
  bool is_connected(SideStream stream) const;
  // Whether something waits for its writer.
  bool has_waiting() const;
  // Whether the task that set_ahead() was about should wait with whatever it may set aside. One
  // behind a barrier does not hold up those in front of it: they are what it waits for.
  bool is_full() const;

  void write_rows(SideStream stream, SideRowEncoder& encoder, const RowBatch& rows);
  void write_error(const ErrorRecord& error);
  // Only when slow enough.
  void write_timing(const TimingRecord& timing);
  std::uint64_t timings() const { return timings_.value(); }

  // Whether what is written from here on belongs to the next epoch: it is kept back until
  // release_ahead(). Tasks pass a barrier one by one.
  void set_ahead(bool is_ahead) { is_ahead_ = is_ahead; }
  // The epoch is closed; only when drained.
  void release_ahead();

  // Hands on what waits, as far as the writers take it. True once nothing is left.
  Result<bool> drain();
  // True once all that was drained is safe in the outside world.
  Result<bool> flush();
  // The barrier has passed all tasks, and everything before it is flushed.
  void seal(std::uint64_t epoch);

 private:
  MessageBuffer& buffer(SideStream stream) {
    return (is_ahead_ ? ahead_ : buffers_)[static_cast<std::size_t>(stream)];
  }

  // Set at construction.
  Options options_;
  Writers writers_;
  RecordSchema error_schema_;
  RecordSchema timing_schema_;
  std::unique_ptr<Encoder> error_encoder_;
  std::unique_ptr<Encoder> timing_encoder_;

  using Buffers = std::array<MessageBuffer, kSideStreams>;
  Buffers buffers_;
  Buffers ahead_;  // Of the next epoch.
  bool is_ahead_ = false;
  Counter timings_;
};

}  // namespace weir
