// Rows on their way through a job.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "model/batch_origin.h"
#include "model/event_time.h"
#include "model/key.h"

namespace weir {

// Rows per batch that sources aim at: large enough to hide cache misses and calls, small enough to
// stay in the caches.
inline constexpr std::size_t kBatchRows = 256;

// Memory that rows and their text live in: fixed room for rows of one size, and a growing arena.
// Written by one task until it is shared; from then on read-only, from any thread. A row never
// moves.
class Block final {
 public:
  // `stride` is a multiple of the record's alignment (<= 16). Rows are not initialised.
  Block(std::size_t stride, std::size_t rows_max);
  ~Block();
  Block(const Block&) = delete;
  Block& operator=(const Block&) = delete;

  std::size_t stride() const { return stride_; }
  std::size_t rows_max() const { return rows_max_; }
  std::byte* row(std::size_t index) { return rows_ + index * stride_; }

  // Text room: n bytes, unaligned, living as long as the block. `arena_next`/`arena_end` bound what
  // is left of the current chunk (the bump pointer a plugin gets as weir_arena); grow() opens a
  // chunk with at least `size` bytes.
  char* allocate(std::size_t size);
  void grow(std::size_t size);
  char* arena_next = nullptr;
  char* arena_end = nullptr;

  // All memory held, for channel limits and metrics.
  std::size_t bytes() const { return bytes_; }

 private:
  std::size_t stride_;
  std::size_t rows_max_;
  std::byte* rows_;
  std::vector<std::unique_ptr<char[]>> chunks_;
  std::size_t bytes_;
};

// A sequence of rows of one record type with their event times; after key_by also their keys. The
// rows live in shared, read-only blocks, so batches that are filtered, split over workers or
// duplicated share them. Moved, rarely copied.
struct RowBatch {
  std::vector<const void*> rows;
  std::vector<std::int64_t> times;  // Event time of each row, ms; same size as rows.
  std::vector<KeyView> keys;        // Same size as rows once keyed, else empty.
  std::vector<std::shared_ptr<const Block>> blocks;  // Keep rows and keys alive.
  // The records that all of it was made of, and perhaps others; null: not known. Shared by all
  // batches that came of one.
  std::shared_ptr<const BatchOrigin> origin;
  // Same size as rows, or empty: the record that each row was made of, by its number in the
  // origin's `records`.
  std::vector<std::uint32_t> records;

  std::size_t size() const { return rows.size(); }
  bool empty() const { return rows.empty(); }
  bool is_keyed() const { return !keys.empty(); }
  // What the batch counts for in a channel: its blocks' memory shared by its rows' part, and its
  // own vectors.
  std::size_t bytes = 0;
};

// The chosen rows of `batch`, in the order of `chosen`, sharing its blocks; its part of the bytes.
RowBatch select_rows(const RowBatch& batch, std::span<const std::uint32_t> chosen);

// The memory of the batch's own vectors.
std::size_t vector_bytes(const RowBatch& batch);

}  // namespace weir
