#include "state/row_chain.h"

#include <algorithm>
#include <cstring>
#include <numeric>
#include <span>

namespace weir {
namespace {

constexpr std::uint32_t kChunkRowsMin = 2;
constexpr std::uint32_t kChunkRowsMax = 64;

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
  auto* chunk =
      static_cast<std::byte*>(owner.allocate(row_bytes + sizeof(std::byte*), row_offset_));
  if (chain.first == nullptr) {
    chain.first = chunk;
  } else {
    std::memcpy(chain.end, &chunk, sizeof(chunk));
  }
  chain.next = chunk;
  chain.end = chunk + row_bytes;
}

void RowChains::read(const RowChain& chain,
                     std::vector<const void*>& rows,
                     std::vector<std::int64_t>& times) const {
  const std::size_t before = rows.size();
  const std::byte* chunk = chain.first;
  for (std::uint32_t count = 0; count < chain.count;) {
    const std::uint32_t capacity = capacity_at(count);
    const std::uint32_t filled = std::min(capacity, chain.count - count);
    for (std::uint32_t i = 0; i < filled; ++i) {
      std::int64_t time = 0;
      std::memcpy(&time, chunk + i * stride_, sizeof(time));
      times.push_back(time);
      rows.push_back(chunk + i * stride_ + row_offset_);
    }
    count += filled;
    if (count < chain.count) std::memcpy(&chunk, chunk + capacity * stride_, sizeof(chunk));
  }
  if (chain.is_out_of_order != 0)
    sort_by_time(std::span(rows).subspan(before), std::span(times).subspan(before));
}

}  // namespace weir
