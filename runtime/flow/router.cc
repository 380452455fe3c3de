#include "flow/router.h"

#include <algorithm>
#include <utility>

#include "base/check.h"
#include "model/key.h"

namespace weir {

void Lane::push(StreamItem item) {
  if (waiting_.empty() && channel_->offer(item)) return;
  waiting_.push_back(std::move(item));
}

bool Lane::drain() {
  while (!waiting_.empty()) {
    if (!channel_->offer(waiting_.front())) return false;
    waiting_.pop_front();
  }
  return true;
}

KeyedOutlet::KeyedOutlet(std::span<Channel* const> channels, std::uint32_t group_count)
    : worker_of_group_(group_count) {
  CHECK(!channels.empty());
  const auto worker_count = static_cast<std::uint32_t>(channels.size());
  for (Channel* channel : channels)
    lanes_.emplace_back(*channel);
  for (std::uint32_t group = 0; group < group_count; ++group) {
    worker_of_group_[group] =
        static_cast<std::uint16_t>(worker_of(group, group_count, worker_count));
  }
}

void KeyedOutlet::push(StreamItem item) {
  if (auto* batch = std::get_if<RowBatch>(&item)) {
    push_rows(std::move(*batch));
    return;
  }
  for (Lane& lane : lanes_)
    lane.push(item);
}

Result<bool> KeyedOutlet::drain() {
  bool is_clear = true;
  for (Lane& lane : lanes_)
    is_clear &= lane.drain();
  return is_clear;
}

void KeyedOutlet::push_rows(RowBatch batch) {
  if (batch.empty()) return;
  CHECK(batch.keys.size() == batch.size());
  const auto group_count = static_cast<std::uint32_t>(worker_of_group_.size());
  worker_of_row_.resize(batch.size());
  bool is_split = false;
  for (std::size_t i = 0; i < batch.size(); ++i) {
    worker_of_row_[i] = worker_of_group_[key_group_of(batch.keys[i].hash, group_count)];
    is_split |= worker_of_row_[i] != worker_of_row_[0];
  }
  if (!is_split) {
    lanes_[worker_of_row_[0]].push(std::move(batch));
    return;
  }
  std::vector<RowBatch> parts(lanes_.size());
  split_rows(batch, worker_of_row_, parts);
  for (std::size_t worker = 0; worker < parts.size(); ++worker) {
    if (!parts[worker].empty()) lanes_[worker].push(std::move(parts[worker]));
  }
}

void split_rows(const RowBatch& batch,
                std::span<const std::uint16_t> worker_of_row,
                std::span<RowBatch> parts) {
  const std::size_t expected = batch.size() / parts.size() + batch.size() / 8 + 8;
  for (RowBatch& part : parts) {
    part.rows.reserve(expected);
    part.times.reserve(expected);
    part.keys.reserve(expected);
    if (!batch.records.empty()) part.records.reserve(expected);
  }
  for (std::size_t i = 0; i < batch.size(); ++i) {
    RowBatch& part = parts[worker_of_row[i]];
    part.rows.push_back(batch.rows[i]);
    part.times.push_back(batch.times[i]);
    if (batch.is_keyed()) part.keys.push_back(batch.keys[i]);
    if (!batch.records.empty()) part.records.push_back(batch.records[i]);
  }
  for (RowBatch& part : parts) {
    if (part.empty()) continue;
    part.blocks = batch.blocks;
    part.origin = batch.origin;
    part.bytes = std::max<std::size_t>(batch.bytes * part.size() / batch.size(), 1);
  }
}

}  // namespace weir
