#include "state/row_chain.h"

#include <algorithm>
#include <cstring>
#include <numeric>
#include <span>

namespace weir {
namespace {

constexpr std::uint32_t kChunkRowsMin = 2;
constexpr std::uint32_t kChunkRowsMax = 64;
constexpr std::uint32_t kRowsFetched = 4;  // Of a chunk, ahead of reading it.

// Of the chunk that opens when a chain has `count` rows.
std::uint32_t capacity_at(std::uint32_t count) {
  return std::clamp(count, kChunkRowsMin, kChunkRowsMax);
}

std::size_t round_up(std::size_t size, std::size_t alignment) {
  return (size + alignment - 1) / alignment * alignment;
}

void sort_by_time(std::span<const void*> rows, std::span<std::int64_t> times) {
  std::vector<std::uint32_t> order(rows.size());
  std::iota(order.begin(), order.end(), 0);
  std::ranges::stable_sort(order, {}, [&](std::uint32_t i) { return times[i]; });
  const std::vector<const void*> old_rows(rows.begin(), rows.end());
  const std::vector<std::int64_t> old_times(times.begin(), times.end());
  for (std::size_t i = 0; i < order.size(); ++i) {
    rows[i] = old_rows[order[i]];
    times[i] = old_times[order[i]];
  }
}

}  // namespace

RowChains::RowChains(const RecordSchema& schema)
    : copy_(schema),
      row_offset_(std::max<std::size_t>(sizeof(std::int64_t), copy_.alignment())),
      stride_(round_up(row_offset_ + copy_.size(), row_offset_)) {}

void RowChains::append(RowChain& chain, std::int64_t time, const void* row, TableSet& owner) const {
  if (chain.next == chain.end) open_chunk(chain, owner);
  std::memcpy(chain.next, &time, sizeof(time));
  copy_.copy(chain.next + row_offset_, row, owner);
  chain.next += stride_;
  if (chain.count > 0 && time < chain.last_time) chain.is_out_of_order = 1;
  chain.last_time = time;
  ++chain.count;
}

void RowChains::open_chunk(RowChain& chain, TableSet& owner) const {
  const std::size_t row_bytes = capacity_at(chain.count) * stride_;
  auto* chunk = static_cast<std::byte*>(owner.allocate(rows_offset() + row_bytes, row_offset_));
  if (chain.first == nullptr) {
    chain.first = chunk;
  } else {
    std::memcpy(chain.last, &chunk, sizeof(chunk));
  }
  chain.last = chunk;
  chain.next = chunk + rows_offset();
  chain.end = chain.next + row_bytes;
}

void RowChains::read(const RowChain& chain,
                     std::vector<const void*>& rows,
                     std::vector<std::int64_t>& times) const {
  const std::size_t before = rows.size();
  rows.resize(before + chain.count);
  times.resize(before + chain.count);
  const void** row = rows.data() + before;
  std::int64_t* time = times.data() + before;
  const std::byte* chunk = chain.first;
  for (std::uint32_t left = chain.count; left > 0;) {
    const std::uint32_t filled = std::min(capacity_at(chain.count - left), left);
    left -= filled;
    const std::byte* behind = nullptr;
    if (left > 0) {
      std::memcpy(&behind, chunk, sizeof(behind));
      for (std::uint32_t i = 0; i < std::min(left, kRowsFetched); ++i)
        __builtin_prefetch(behind + i * stride_);
    }
    const std::byte* slot = chunk + rows_offset();
    for (std::uint32_t i = 0; i < filled; ++i, slot += stride_) {
      std::memcpy(time++, slot, sizeof(*time));
      *row++ = slot + row_offset_;
    }
    chunk = behind;
  }
  if (chain.is_out_of_order != 0)
    sort_by_time(std::span(rows).subspan(before), std::span(times).subspan(before));
}

}  // namespace weir
