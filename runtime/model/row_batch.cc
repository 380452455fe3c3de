#include "model/row_batch.h"

#include <algorithm>
#include <new>
#include <utility>

#include "base/check.h"

namespace weir {
namespace {

constexpr std::align_val_t kRowAlignment = std::align_val_t{16};
constexpr std::size_t kChunkBytesMin = 1 << 12;
constexpr std::size_t kChunkBytesMax = 1 << 18;

}  // namespace

Block::Block(std::size_t stride, std::size_t rows_max)
    : stride_(stride),
      rows_max_(rows_max),
      rows_(static_cast<std::byte*>(::operator new(stride* rows_max, kRowAlignment))),
      bytes_(sizeof(Block) + stride * rows_max) {}

Block::~Block() {
  ::operator delete(rows_, kRowAlignment);
}

char* Block::allocate(std::size_t size) {
  if (static_cast<std::size_t>(arena_end - arena_next) < size) grow(size);
  return std::exchange(arena_next, arena_next + size);
}

void Block::grow(std::size_t size) {
  const std::size_t doubled = kChunkBytesMin << std::min<std::size_t>(chunks_.size(), 6);
  const std::size_t chunk_bytes = std::max(size, std::min(doubled, kChunkBytesMax));
  chunks_.push_back(std::make_unique_for_overwrite<char[]>(chunk_bytes));
  arena_next = chunks_.back().get();
  arena_end = arena_next + chunk_bytes;
  bytes_ += chunk_bytes;
}

RowBatch select_rows(const RowBatch& batch, std::span<const std::uint32_t> chosen) {
  RowBatch selected;
  selected.rows.reserve(chosen.size());
  selected.times.reserve(chosen.size());
  if (batch.is_keyed()) selected.keys.reserve(chosen.size());
  for (const std::uint32_t row : chosen) {
    CHECK(row < batch.size());
    selected.rows.push_back(batch.rows[row]);
    selected.times.push_back(batch.times[row]);
    if (batch.is_keyed()) selected.keys.push_back(batch.keys[row]);
    if (!batch.records.empty()) selected.records.push_back(batch.records[row]);
  }
  selected.blocks = batch.blocks;
  selected.origin = batch.origin;
  if (!batch.empty()) selected.bytes = batch.bytes / batch.size() * chosen.size();
  return selected;
}

std::size_t vector_bytes(const RowBatch& batch) {
  return batch.rows.capacity() * sizeof(batch.rows[0]) +
         batch.times.capacity() * sizeof(batch.times[0]) +
         batch.keys.capacity() * sizeof(batch.keys[0]) +
         batch.records.capacity() * sizeof(batch.records[0]) +
         batch.blocks.capacity() * sizeof(batch.blocks[0]);
}

}  // namespace weir
