#include "state/row_chain.h"

#include <algorithm>
#include <cstring>
#include <numeric>
#include <span>

namespace weir {
namespace {

constexpr std::size_t kLine = 64;
constexpr std::size_t kBytesFetched = 8 * kLine;  // Of a chunk; the processor guesses the rest.

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
      packing_(schema),
      row_offset_(std::max<std::size_t>(sizeof(std::int64_t), copy_.alignment())),
      stride_(round_up(row_offset_ + copy_.size(), row_offset_)) {}

void RowChains::open_chunk(RowChain& chain, TableSet& owner) const {
  const std::size_t row_bytes = capacity_at(chain.count) * stride_;
  auto* chunk =
      static_cast<std::byte*>(owner.allocate(row_bytes + sizeof(std::byte*), row_offset_));
  if (chain.first == nullptr) {
    chain.first = chunk;
  } else {
    std::memcpy(chain.next, &chunk, sizeof(chunk));
  }
  chain.next = chunk;
}

const std::byte* RowChains::behind(const std::byte* chunk, std::uint32_t capacity) const {
  const std::byte* next = nullptr;
  std::memcpy(&next, chunk + capacity * stride_, sizeof(next));
  return next;
}

void RowChains::prefetch_chunk(const RowChain& chain, std::uint32_t chunk) const {
  const std::byte* at = chain.first;
  std::uint32_t before = 0;
  for (std::uint32_t i = 0; i < chunk; ++i) {
    const std::uint32_t capacity = capacity_at(before);
    before += capacity;
    if (before >= chain.count) return;
    at = behind(at, capacity);
  }
  if (before >= chain.count) return;
  const std::uint32_t rows = capacity_at(before);
  const std::size_t size = rows * stride_ + sizeof(std::byte*);
  for (std::size_t line = 0; line < std::min(size, kBytesFetched); line += kLine)
    __builtin_prefetch(at + line);
  if (size <= kBytesFetched) __builtin_prefetch(at + size - 1);
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
  for (std::uint32_t count = 0; count < chain.count;) {
    const std::uint32_t capacity = capacity_at(count);
    const std::uint32_t filled = std::min(capacity, chain.count - count);
    count += filled;
    const std::byte* next = count < chain.count ? behind(chunk, capacity) : nullptr;
    const std::byte* slot = chunk;
    for (std::uint32_t i = 0; i < filled; ++i, slot += stride_) {
      std::memcpy(time++, slot, sizeof(*time));
      *row++ = slot + row_offset_;
    }
    chunk = next;
  }
  if (chain.is_out_of_order != 0)
    sort_by_time(std::span(rows).subspan(before), std::span(times).subspan(before));
}

void RowChains::pack(RowChain& chain, std::string& to) const {
  const std::byte* chunk = chain.first;
  for (std::uint32_t count = 0; count < chain.count;) {
    const std::uint32_t capacity = capacity_at(count);
    const std::uint32_t end = std::min(count + capacity, chain.count);
    for (std::uint32_t row = std::max<std::uint32_t>(count, chain.saved); row < end; ++row) {
      const std::byte* slot = chunk + (row - count) * stride_;
      std::int64_t time = 0;
      std::memcpy(&time, slot, sizeof(time));
      packing_.pack(time, slot + row_offset_, to);
    }
    count = end;
    if (count < chain.count) chunk = behind(chunk, capacity);
  }
  chain.saved = chain.count;
}

bool RowChains::unpack(RowChain& chain,
                       std::string_view bytes,
                       std::byte* scratch,
                       TableSet& owner) const {
  for (PackedReader from(bytes); !from.is_at_end();) {
    std::int64_t time = 0;
    if (!packing_.unpack(from, time, scratch)) return false;
    append(chain, time, scratch, owner);
  }
  chain.saved = chain.count;
  return true;
}

}  // namespace weir
