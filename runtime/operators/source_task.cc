#include "operators/source_task.h"

#include <algorithm>
#include <cstring>
#include <limits>
#include <numeric>
#include <utility>

#include "base/format.h"
#include "base/packed.h"

namespace weir {
namespace {

constexpr std::size_t kBlockRowsMin = 8;
constexpr std::size_t kOriginBytesMax = 64 << 10;
// A batch that keeps more is closed early: usual ones are far smaller.
constexpr std::size_t kKeptBytesMax = 256 << 10;
constexpr std::string_view kNote = "records";

std::int64_t plus(std::int64_t time, std::int64_t duration) {
  return time > std::numeric_limits<std::int64_t>::max() - duration
             ? std::numeric_limits<std::int64_t>::max()
             : time + duration;
}

weir_text text_of(std::string_view text) {
  return {text.data(), text.size()};
}

SuspectRecord suspect(const RawRecord& record) {
  return {.offset = record.offset,
          .timestamp = record.timestamp,
          .key = record.key,
          .value = record.value};
}

}  // namespace

// Stands behind the leading filters and sees what they let through.
class SourceTask::Survivors final : public Operator {
 public:
  explicit Survivors(SourceTask& task) : task_(task) {}
  Status process(std::size_t, RowBatch batch, Output& output) override {
    task_.observe_survivors(batch);
    output.emit(std::move(batch));
    return Done{};
  }
  Result<Advance> advance(EventTime, Output&) override { return Advance::Complete; }

 private:
  SourceTask& task_;
};

SourceTask::SourceTask(TaskContext context,
                       Parts parts,
                       std::vector<ChainStep> steps,
                       std::size_t leading_filters,
                       std::vector<std::unique_ptr<Outlet>> outlets)
    : parts_(std::move(parts)),
      exit_(context, make_chain(std::move(steps), leading_filters, std::move(outlets), context)),
      row_encoder_(parts_.uid, parts_.schema),
      keeps_records_(context.sides.bad_rows() == BadRows::SetAside &&
                     context.sides.is_connected(SideStream::Errors)),
      rows_expected_(kBlockRowsMin),
      watermarks_(parts_.watermarks) {}

std::unique_ptr<Chain> SourceTask::make_chain(std::vector<ChainStep> steps,
                                              std::size_t leading_filters,
                                              std::vector<std::unique_ptr<Outlet>> outlets,
                                              const TaskContext& context) {
  ChainStep survivors;
  survivors.uid = parts_.uid;
  survivors.body = std::make_unique<Survivors>(*this);
  survivors.inputs = {&parts_.schema};
  survivors.meter = &survivors_meter_;
  steps.insert(steps.begin() + static_cast<std::ptrdiff_t>(leading_filters), std::move(survivors));
  return std::make_unique<Chain>(
      std::move(steps), std::move(outlets), context.sides, context.marker);
}

Progress SourceTask::step() {
  if (is_over_) return Progress::Finished;
  auto moved = move();
  if (!moved) {
    is_over_ = true;
    exit_.fail(std::move(moved).error());
    return Progress::Finished;
  }
  is_over_ = *moved == Progress::Finished;
  return *moved;
}

Status SourceTask::restore(const OpenState& open_state) {
  TRY_DO(exit_.chain().restore(open_state));
  const std::unique_ptr<StateReader> state = open_state(parts_.uid);
  TRY_DO(split_state_.restore(*state).during("restore source " + parts_.uid));
  for (const std::string& text : state->notes(kNote)) {
    PackedReader reader(text);
    const auto task = reader.take<std::uint32_t>();
    const auto records = reader.take<std::uint32_t>();
    if (task == exit_.context().id.value()) records_since_ = records;
  }
  return Done{};
}

std::vector<OperatorDelta> SourceTask::collect() {
  std::vector<OperatorDelta> deltas;
  if (!exit_.context().is_durable) return deltas;
  StateDelta& delta = deltas.emplace_back(OperatorDelta{.uid = parts_.uid, .delta = {}}).delta;
  split_state_.collect(parts_.reader->splits(), watermarks_, delta);
  if (parts_.watermark_every > 0) {
    const std::uint32_t task = exit_.context().id.value();
    std::string note(packed(task));
    note += packed(records_since_);
    delta.note(kNote, note);
  }
  return deltas;
}

Result<Progress> SourceTask::move() {
  const bool is_collecting = exit_.is_collecting();
  TRY(const bool has_room, exit_.make_room());
  if (!has_room) listening_since_.reset();
  if (exit_.has_ended()) return Progress::Finished;
  const bool is_still = !has_room || is_drained_ || exit_.is_ending();
  TRY(const Progress moved, is_still ? Result<Progress>(Progress::None) : read_on());
  return is_collecting ? Progress::Made : moved;
}

Result<Progress> SourceTask::read_on() {
  const std::uint64_t requested = parts_.requests.epoch.get();
  const bool has_ended = parts_.reader->has_ended();
  if (exit_.is_collecting() && (requested > epoch_ || has_ended)) return Progress::None;
  if (requested > epoch_) {
    epoch_ = requested;
    send_barrier();
    return Progress::Made;
  }
  if (has_ended) {
    exit_.send_end(report(), collect());
    return Progress::Made;
  }
  auto polled = poll();
  if (!polled) return std::move(polled).error().during("source " + parts_.uid);
  return polled;
}

void SourceTask::send_barrier() {
  is_drained_ = epoch_ == parts_.requests.last_epoch.get();
  const CodeFlip* const flip = parts_.requests.flip.get();
  exit_.send_barrier({epoch_, flip}, report(), collect());
  if (flip == nullptr || parts_.site == nullptr) return;
  watches_.clear();  // What is known against records is known of a build.
  parts_.site = flip->entry(exit_.context().worker, parts_.uid).site;
}

Result<Progress> SourceTask::poll() {
  arrival_ = exit_.context().clock.wall_now().time_since_epoch().count();
  natural_until_ = plus(arrival_, parts_.unnatural_after.count());
  const CallScope call(exit_.context().marker, parts_.site);
  TRY(const std::size_t count, parts_.reader->poll(kBatchRows, *this));
  parts_.meter.rows_in.add(count);
  if (count > 0 && parts_.gaps != nullptr) parts_.gaps->note();
  parts_.meter.bytes_in.add(std::exchange(bytes_taken_, 0));
  TRY_DO(close_batch());
  if (failure_) return *failure_;
  rows_expected_ = std::clamp(count, rows_expected_ / 2, kBatchRows);
  follow_splits(count < kBatchRows);
  if (parts_.watermark_every == 0) watermarks_.absorb();
  send_watermark();
  return count > 0 ? Progress::Made : Progress::None;
}

void SourceTask::take(const RawRecord& record) {
  if (failure_) return;
  bytes_taken_ += record.key.size() + record.value.size();
  if (watermarks_.split_count() <= record.split) adopt_splits();
  SuspectWatch* const watch = watch_of(record.split);
  if (watch != nullptr) [[unlikely]] {
    take_watched(record, *watch);
  } else {
    decode(record);
  }
  if (parts_.watermark_every == 0 || ++records_since_ < parts_.watermark_every) {
    if (origin_ != nullptr && origin_->records.bytes() > kKeptBytesMax) cut_batch();
    return;
  }
  records_since_ = 0;
  cut_batch();
  watermarks_.absorb();
  send_watermark();
}

// While records are being taken.
void SourceTask::cut_batch() {
  Status closed = close_batch();
  if (!closed) failure_ = std::move(closed).error();
}

void SourceTask::decode(const RawRecord& record) {
  std::byte* const row = open_row();
  if (!record.has_value) [[unlikely]] {
    refuse(record, {.reason = "no value", .field = {}, .position = 0});
  } else if (const auto error = parts_.decoder->decode(record.value, record.padding, row, *block_))
      [[unlikely]] {
    refuse(record, *error);
  } else {
    if (!parts_.message_fields.empty()) parts_.message_fields.fill(record, row, *block_);
    take_row(record, row);
  }
}

SuspectWatch* SourceTask::watch_of(std::uint32_t split) {
  if (parts_.suspects == nullptr) return nullptr;
  std::string_view build;
  if (parts_.site != nullptr) build = parts_.site->plugin_build;
  while (watches_.size() <= split) {
    const std::string& name = parts_.reader->splits()[watches_.size()].name;
    watches_.push_back(
        std::make_unique<SuspectWatch>(parts_.suspects->watch(parts_.uid, name, build)));
    if (watches_.back()->is_over()) watches_.back().reset();
  }
  return watches_[split].get();
}

void SourceTask::take_watched(const RawRecord& record, SuspectWatch& watch) {
  const SuspectWatch::Opinion opinion = watch.look(suspect(record));
  if (watch.is_over()) watches_[record.split].reset();
  switch (opinion) {
    case SuspectWatch::Opinion::Harmless: return decode(record);
    case SuspectWatch::Opinion::Suspect: return take_alone(record);
    case SuspectWatch::Opinion::Poison: break;
  }
  refuse(record, {.reason = "crashed the process twice", .field = {}, .position = 0});
}

// As a batch of its own with its bytes, so that whatever goes wrong is laid at its door only.
void SourceTask::take_alone(const RawRecord& record) {
  cut_batch();
  if (failure_) return;
  auto origin = std::make_shared<BatchOrigin>();
  origin->spans = {{place_of(record.split), record.offset, record.offset, record.timestamp}};
  origin->has_bytes = true;
  origin->key = record.key.substr(0, kOriginBytesMax);
  origin->value = record.value.substr(0, kOriginBytesMax);
  origin->value_size = record.value.size();
  origin->timestamp = record.timestamp;
  origin->fingerprint = fingerprint_of(suspect(record));
  exit_.context().marker.set_origin(origin.get());
  decode(record);
  exit_.context().marker.set_origin(nullptr);
  if (!batch_.empty()) {
    origin->records = std::move(origin_->records);
    origin_ = std::move(origin);
  }
  cut_batch();
}

void SourceTask::take_row(const RawRecord& record, std::byte* row) {
  std::int64_t time = 0;
  std::memcpy(&time, row + parts_.time_offset, sizeof time);
  if (time > natural_until_) [[unlikely]] {
    set_unnatural_aside(row, time);
    return;
  }
  batch_.rows.push_back(row);
  batch_.times.push_back(time);
  is_mixed_ |= !splits_.empty() && splits_.back() != record.split;
  splits_.push_back(record.split);
  note_origin(record);
  ++block_rows_;
}

// Mostly one comparison and one store: records of a split come one behind the other.
void SourceTask::note_origin(const RawRecord& record) {
  if (origin_ == nullptr) {
    origin_ = std::make_shared<BatchOrigin>();
    if (keeps_records_) origin_->records.reserve(kept_expected_, kept_bytes_expected_);
  }
  if (keeps_records_) origin_->records.add(kept(record));
  std::vector<RecordSpan>& spans = origin_->spans;
  const std::size_t rows = splits_.size();
  if (rows > 1 && splits_[rows - 2] == record.split && !spans.empty()) {
    spans.back().last = record.offset;
    return;
  }
  spans.push_back({place_of(record.split), record.offset, record.offset, record.timestamp});
}

KeptRecord SourceTask::kept(const RawRecord& record) {
  return {.place = place_of(record.split),
          .offset = record.offset,
          .timestamp = record.timestamp,
          .key = record.key,
          .value = record.value};
}

const SplitPlace* SourceTask::place_of(std::uint32_t split) {
  while (places_.size() <= split) {
    const Split& named = parts_.reader->splits()[places_.size()];
    places_.push_back(exit_.context().sites.place({.source = parts_.uid,
                                                   .split = named.name,
                                                   .topic = named.topic,
                                                   .partition = named.partition}));
  }
  return places_[split];
}

// The place is used again when the record does not become a row.
std::byte* SourceTask::open_row() {
  if (block_ == nullptr || block_rows_ == block_->rows_max()) {
    std::size_t rows = std::max(rows_expected_, kBlockRowsMin);
    if (parts_.watermark_every > 0) rows = std::min<std::size_t>(rows, parts_.watermark_every);
    block_ = std::make_shared<Block>(parts_.schema.size, rows);
    block_rows_ = 0;
    batch_.blocks.push_back(block_);
    batch_.rows.reserve(batch_.rows.size() + rows);
    batch_.times.reserve(batch_.times.size() + rows);
  }
  return block_->row(block_rows_);
}

void SourceTask::refuse(const RawRecord& record, const DecodeError& error) {
  parts_.meter.errors.add(1);
  const Split& split = parts_.reader->splits()[record.split];
  SideStreams& sides = exit_.context().sides;
  if (sides.bad_rows() == BadRows::Stop) {
    failure_ =
        Error(ErrorKind::Invalid,
              format("record of {} at offset {}: {}", split.name, record.offset, error.text()));
    return;
  }
  ErrorRecord refused;
  refused.job = text_of(sides.job());
  refused.operator_uid = text_of(parts_.uid);
  refused.reason = text_of(error.reason);
  refused.field = text_of(error.field);
  refused.position = error.position;
  set_record(refused, kept(record));
  refused.has_value = record.has_value;
  sides.write_error(refused);
}

void SourceTask::set_unnatural_aside(const void* row, std::int64_t time) {
  parts_.meter.unnatural.add(1);
  SideStreams& sides = exit_.context().sides;
  if (!sides.is_connected(SideStream::Unnatural)) return;
  RowBatch aside;
  aside.rows.push_back(row);
  aside.times.push_back(time);
  sides.write_rows(SideStream::Unnatural, row_encoder_, aside);
}

Status SourceTask::close_batch() {
  const bool is_timed = exit_.context().sides.is_connected(SideStream::Timing);
  block_.reset();
  if (batch_.empty()) {
    batch_.blocks.clear();
    return Done{};
  }
  RowBatch batch = std::exchange(batch_, RowBatch{});
  batch.records.resize(origin_->records.size());
  std::iota(batch.records.begin(), batch.records.end(), 0);
  kept_expected_ = origin_->records.size();
  kept_bytes_expected_ = std::min(origin_->records.bytes(), kKeptBytesMax);
  batch.bytes = vector_bytes(batch) + origin_->records.memory();
  batch.origin = std::exchange(origin_, nullptr);
  for (const auto& block : batch.blocks)
    batch.bytes += block->bytes();
  if (is_mixed_) taken_rows_ = batch.rows;
  if (is_timed) taken_times_ = batch.times;
  parts_.meter.rows_out.add(batch.size());
  Status processed = exit_.chain().process(0, std::move(batch));
  if (is_timed) write_timings();
  splits_.clear();
  is_mixed_ = false;
  return processed;
}

void SourceTask::write_timings() {
  TimingRecord timing;
  timing.source = text_of(parts_.uid);
  timing.ingestion = arrival_;
  timing.processing = exit_.context().clock.wall_now().time_since_epoch().count();
  for (const std::int64_t time : taken_times_) {
    timing.event_time = time;
    timing.delay_ms = timing.processing - std::max(time, -timing.processing);
    exit_.context().sides.write_timing(timing);
  }
}

// Filters take rows out and keep the order, so one walk along the rows before them finds the
// split of each row that is left.
void SourceTask::observe_survivors(const RowBatch& rows) {
  if (is_idle_) {
    is_idle_ = false;
    exit_.chain().push(Watermark{promised_});
  }
  if (!is_mixed_) {
    watermarks_.observe(splits_.front(), *std::max_element(rows.times.begin(), rows.times.end()));
    return;
  }
  std::size_t taken = 0;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    while (taken_rows_[taken] != rows.rows[i])
      ++taken;
    watermarks_.observe(splits_[taken], rows.times[i]);
  }
}

void SourceTask::send_watermark() {
  const auto advanced = watermarks_.advance();
  TaskMeter& meter = exit_.context().meter;
  const auto holder = watermarks_.holder();
  meter.holder.set(holder ? static_cast<std::uint32_t>(*holder) : TaskMeter::kNobody);
  if (advanced) {
    promised_ = *advanced;
    meter.watermark.set(promised_.milliseconds);
    exit_.chain().push(Watermark{promised_});
  }
  if (watermarks_.is_idle() && !is_idle_ && parts_.reader->knows_splits()) {
    is_idle_ = true;
    exit_.chain().push(Idle{});
  }
}

// All are there before the first goes on, so that none is ahead of one that is not known yet.
void SourceTask::adopt_splits() {
  const auto splits = parts_.reader->splits();
  const std::size_t first = watermarks_.split_count();
  while (watermarks_.split_count() < splits.size())
    watermarks_.add_split();
  split_state_.resume(splits, first, watermarks_);
}

void SourceTask::follow_splits(bool took_all) {
  adopt_splits();
  const auto splits = parts_.reader->splits();
  // A full batch says nothing about the splits that are not in it.
  const MonotonicTime now = exit_.context().clock.monotonic_now();
  if (took_all && listening_since_) watermarks_.listen(now - *listening_since_);
  listening_since_ = now;
  if (!took_all) return;
  for (std::size_t i = 0; i < splits.size(); ++i) {
    if (splits[i].has_ended) {
      watermarks_.mark_ended(i);
    } else if (watermarks_.is_silent(i) && splits[i].lag.value_or(0) == 0) {
      watermarks_.mark_idle(i);
    }
  }
}

std::vector<SplitReport> SourceTask::report() const {
  std::vector<SplitReport> reports;
  const auto splits = parts_.reader->splits();
  for (SplitPosition& position : parts_.reader->positions()) {
    SplitReport report;
    report.position = std::move(position);
    const std::size_t index = reports.size();
    if (index < splits.size()) {
      report.lag = splits[index].lag;
      report.has_ended = splits[index].has_ended;
    }
    if (index < watermarks_.split_count()) {
      report.is_idle = watermarks_.is_split_idle(index);
      if (watermarks_.promise(index) > EventTime::min()) {
        report.watermark = watermarks_.promise(index);
      }
    }
    reports.push_back(std::move(report));
  }
  return reports;
}

}  // namespace weir
