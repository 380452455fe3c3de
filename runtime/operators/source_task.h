#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/counter.h"
#include "base/gap_meter.h"
#include "connectors/source.h"
#include "crash/job_suspects.h"
#include "flow/split_watermarks.h"
#include "flow/task.h"
#include "format/format.h"
#include "operators/message_fields.h"
#include "operators/split_state.h"
#include "operators/task_exit.h"

namespace weir {

// What the control thread asks of the source tasks of one job.
struct SourceRequests {
  Published<std::uint64_t> epoch;       // Send the barriers up to this one.
  Published<std::uint64_t> last_epoch;  // Read nothing behind this one's barrier; 0: go on.
  Published<const CodeFlip*> flip;      // What the barrier of the last one carries; set before it.
};

// Reads some splits of one source: bytes become rows, what is no row or lies in the future is set
// aside, the rest goes through the chain; gives them a watermark, and sends the barriers.
class SourceTask final : public Task, private RecordIntake {
 public:
  struct Parts {
    std::string uid;
    std::unique_ptr<SourceReader> reader;
    MessageFields message_fields;      // What the decoder leaves out.
    std::unique_ptr<Decoder> decoder;  // Of message_fields.rest().
    const RecordSchema& schema;        // Outlives the task, as do the meter and the requests.
    OperatorMeter& meter;
    const SourceRequests& requests;
    std::uint32_t time_offset = 0;  // Of the event time in a row.
    std::chrono::milliseconds unnatural_after{0};
    std::uint32_t watermark_every = 0;
    SplitWatermarks::Options watermarks;
    const CallSite* site = nullptr;  // The source itself, for reports of calls.
    GapMeter* gaps = nullptr;        // Between batches of records; null: nobody asks.
    std::shared_ptr<const JobSuspects> suspects = nullptr;  // Null: no record has done harm.
  };

  // `steps`: the operators behind the source. Rows that leading filters drop do not count for the
  // watermark; `leading_filters` says how many these are.
  SourceTask(TaskContext context,
             Parts parts,
             std::vector<ChainStep> steps,
             std::size_t leading_filters,
             std::vector<std::unique_ptr<Outlet>> outlets);

  // Before the first step. Durable are its splits (split_state.h), and where watermarks are sent
  // every so many records, a note of each task:
  //
  //   note "records" := task:u32  records:u32     since the last watermark; little-endian
  Status restore(const OpenState& open_state);

  Progress step() override;

 private:
  class Survivors;

  Result<Progress> move();
  Result<Progress> read_on();
  void send_barrier();
  Result<Progress> poll();
  Status close_batch();
  void note_origin(const RawRecord& record);
  KeptRecord kept(const RawRecord& record);
  const SplitPlace* place_of(std::uint32_t split);
  void send_watermark();
  void follow_splits(bool took_all);
  void observe_survivors(const RowBatch& rows);
  std::vector<SplitReport> report() const;
  std::vector<OperatorDelta> collect();
  void adopt_splits();

  // One record.
  void take(const RawRecord& record) override;
  void decode(const RawRecord& record);
  SuspectWatch* watch_of(std::uint32_t split);
  void take_watched(const RawRecord& record, SuspectWatch& watch);
  void take_alone(const RawRecord& record);
  void cut_batch();
  void take_row(const RawRecord& record, std::byte* row);
  void refuse(const RawRecord& record, const DecodeError& error);
  void set_unnatural_aside(const void* row, std::int64_t time);
  std::byte* open_row();
  void write_timings();

  std::unique_ptr<Chain> make_chain(std::vector<ChainStep> steps,
                                    std::size_t leading_filters,
                                    std::vector<std::unique_ptr<Outlet>> outlets,
                                    const TaskContext& context);

  // Set at construction.
  Parts parts_;
  OperatorMeter survivors_meter_;  // Of a step of our own; nobody reads it.
  TaskExit exit_;
  SideRowEncoder row_encoder_;
  bool keeps_records_;  // Whether a row that is refused goes aside as its record.

  // The batch being filled.
  RowBatch batch_;
  std::shared_ptr<Block> block_;           // The last of the batch's blocks.
  std::size_t block_rows_ = 0;             // Rows of it that are taken.
  std::size_t rows_expected_;              // As many as came last time, about.
  std::shared_ptr<BatchOrigin> origin_;    // Null as long as the batch is empty.
  std::size_t kept_expected_ = 0;          // As many records as were kept last time …
  std::size_t kept_bytes_expected_ = 0;    // … and their bytes.
  std::vector<std::uint32_t> splits_;      // Of each row …
  bool is_mixed_ = false;                  // … and whether they differ.
  std::vector<const void*> taken_rows_;    // The rows before any filter; only when mixed.
  std::vector<std::int64_t> taken_times_;  // Only when timing is connected.
  std::int64_t arrival_ = 0;               // Of the records at hand, ms UTC.
  std::int64_t natural_until_ = 0;
  std::optional<Error> failure_;   // Found while taking a record.
  std::uint64_t bytes_taken_ = 0;  // Since the meter was told.

  std::vector<const SplitPlace*> places_;  // By split, as far as they were needed.
  // The same; null: nothing is known against records that follow.
  std::vector<std::unique_ptr<SuspectWatch>> watches_;

  // Time.
  SplitWatermarks watermarks_;
  SplitState split_state_;
  std::uint32_t records_since_ = 0;  // Records since the last watermark.
  EventTime promised_ = EventTime::min();
  bool is_idle_ = false;
  std::optional<MonotonicTime> listening_since_;  // None: the task was not listening.

  std::uint64_t epoch_ = 0;  // The last barrier sent.
  bool is_drained_ = false;
  bool is_over_ = false;
};

}  // namespace weir
