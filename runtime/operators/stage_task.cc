#include "operators/stage_task.h"

#include <algorithm>
#include <string_view>
#include <utility>

#include "base/packed.h"

namespace weir {
namespace {

constexpr std::string_view kNote = "stage";

}  // namespace

StageTask::StageTask(TaskContext context, std::vector<Input> inputs, std::unique_ptr<Chain> chain)
    : inputs_(std::move(inputs)),
      exit_(context, std::move(chain)),
      merge_(inputs_.size()),
      alignment_(inputs_.size()) {
  for (std::size_t i = 0; i < inputs_.size(); ++i) {
    if (inputs_[i].is_idle) merge_.mark_idle(i);
  }
  is_idle_ = merge_.is_idle();
  const auto holder = merge_.holder();
  exit_.context().meter.holder.set(holder ? static_cast<std::uint32_t>(*holder)
                                          : TaskMeter::kNobody);
}

Status StageTask::restore(const OpenState& open_state) {
  TRY_DO(exit_.chain().restore(open_state));
  const std::string* uid = exit_.chain().first_uid();
  if (uid == nullptr) return Done{};
  std::optional<EventTime> promised;
  for (const std::string& text : open_state(*uid)->notes(kNote)) {
    const EventTime watermark{PackedReader(text).take<std::int64_t>()};
    promised = std::min(promised.value_or(watermark), watermark);
  }
  if (!promised || *promised == EventTime::min()) return Done{};
  promised_ = *promised;
  merge_.resume(promised_);
  exit_.context().meter.watermark.set(promised_.milliseconds);
  // Those behind have forgotten it.
  if (promised_ < EventTime::max()) exit_.chain().push(Watermark{promised_});
  if (is_idle_) exit_.chain().push(Idle{});
  return Done{};
}

std::vector<OperatorDelta> StageTask::note() const {
  std::vector<OperatorDelta> deltas;
  const std::string* uid = exit_.chain().first_uid();
  if (uid == nullptr || !exit_.context().is_durable) return deltas;
  deltas.push_back({.uid = *uid, .delta = {}});
  deltas.back().delta.note(kNote, packed(promised_.milliseconds));
  return deltas;
}

Progress StageTask::step() {
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

Result<Progress> StageTask::move() {
  const bool is_collecting = exit_.is_collecting();
  TRY(const bool has_room, exit_.make_room());
  if (exit_.has_ended()) return Progress::Finished;
  TRY(const bool has_moved, has_room ? move_item() : Result<bool>(false));
  return has_moved || is_collecting ? Progress::Made : Progress::None;
}

// Whether anything moved.
Result<bool> StageTask::move_item() {
  if (exit_.is_ending()) return false;
  if (due_.empty()) {
    auto item = poll();
    if (!item) return false;
    TRY_DO(take(std::move(*item)));
  } else {
    TRY_DO(settle_due());
  }
  return true;
}

std::optional<StreamItem> StageTask::poll() {
  for (std::size_t i = 0; i < inputs_.size(); ++i) {
    current_ = current_ + 1 < inputs_.size() ? current_ + 1 : 0;
    if (alignment_.is_blocked(current_)) continue;
    if (auto item = inputs_[current_].channel->poll()) return item;
  }
  return std::nullopt;
}

Status StageTask::take(StreamItem item) {
  if (auto* rows = std::get_if<RowBatch>(&item)) return take_rows(std::move(*rows));
  if (const auto* watermark = std::get_if<Watermark>(&item)) {
    follow(merge_.observe(current_, watermark->time));
  } else if (std::holds_alternative<Idle>(item)) {
    follow(merge_.mark_idle(current_));
  } else if (const auto* barrier = std::get_if<Barrier>(&item)) {
    if (barrier->flip != nullptr) flip_ = barrier->flip;
    due_.barrier = alignment_.arrive(current_, barrier->epoch);
  } else {
    take_end();
  }
  // Nothing but a watermark or an idle mark has been sent since there was room.
  return due_.empty() ? Status(Done{}) : settle_due();
}

Status StageTask::take_rows(RowBatch rows) {
  if (merge_.is_idle(current_)) follow(merge_.mark_active(current_));
  if (due_.watermark) {
    due_.rows = std::move(rows);
    return Done{};
  }
  return exit_.chain().process(inputs_[current_].port, std::move(rows));
}

void StageTask::take_end() {
  follow(merge_.mark_ended(current_));
  due_.barrier = alignment_.end(current_);
  if (!merge_.has_ended()) return;
  due_.watermark = EventTime::max();
  due_.is_end = true;
}

Status StageTask::settle_due() {
  if (due_.watermark) return settle_watermark();
  if (due_.rows) {
    RowBatch rows = std::move(*due_.rows);
    due_.rows.reset();
    return exit_.chain().process(inputs_[current_].port, std::move(rows));
  }
  if (exit_.is_collecting()) return Done{};
  if (due_.barrier) {
    const std::uint64_t epoch = *std::exchange(due_.barrier, std::nullopt);
    exit_.send_barrier({epoch, std::exchange(flip_, nullptr)}, {}, note());
  } else {
    due_.is_end = false;
    exit_.send_end({}, note());
  }
  return Done{};
}

Status StageTask::settle_watermark() {
  TRY(const Advance advanced, exit_.chain().advance(*due_.watermark));
  if (advanced == Advance::More) return Done{};
  promised_ = *std::exchange(due_.watermark, std::nullopt);
  exit_.context().meter.watermark.set(promised_.milliseconds);
  if (promised_ < EventTime::max()) exit_.chain().push(Watermark{promised_});
  return Done{};
}

void StageTask::follow(std::optional<EventTime> advanced) {
  if (advanced) due_.watermark = advanced;
  const auto holder = merge_.holder();
  exit_.context().meter.holder.set(holder ? static_cast<std::uint32_t>(*holder)
                                          : TaskMeter::kNobody);
  if (merge_.is_idle() == is_idle_) return;
  is_idle_ = merge_.is_idle();
  if (is_idle_) {
    exit_.chain().push(Idle{});
  } else if (!merge_.has_ended()) {
    exit_.chain().push(Watermark{promised_});
  }
}

}  // namespace weir
