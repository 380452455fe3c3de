#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "state/row_copy.h"
#include "state/row_packing.h"
#include "state/table_set.h"

namespace weir {

// The rows of one key and side in one slice, in the order of their arrival: a value in a table, all
// zero when fresh. Its rows stand in chunks in the table set's memory, each twice as large as the
// one before.
//
//   chunk := { time:i64  row }[capacity]  next:pointer
struct RowChain {
  std::byte* first = nullptr;
  std::byte* next = nullptr;  // Where the next row goes, or the pointer when the chunk is full.
  std::int64_t last_time = 0;
  std::uint32_t count = 0;
  std::uint32_t saved : 31 = 0;           // The first rows, which have been packed.
  std::uint32_t is_out_of_order : 1 = 0;  // Some row came after one with a later time.
};

// Appends to chains of rows of one record type and reads them. A pure description; shared by all
// chains.
class RowChains final {
 public:
  explicit RowChains(const RecordSchema& schema);

  // Copies the row and its text into memory of `owner`, which holds the chain.
  void append(RowChain& chain, std::int64_t time, const void* row, TableSet& owner) const {
    if (is_full(chain.count)) open_chunk(chain, owner);
    std::memcpy(chain.next, &time, sizeof(time));
    copy_.copy(chain.next + row_offset_, row, owner);
    chain.next += stride_;
    if (time < chain.last_time && chain.count > 0) chain.is_out_of_order = 1;
    chain.last_time = time;
    ++chain.count;
  }

  // Has what append() will write to fetched.
  void prefetch_end(const RowChain& chain) const {
    if (chain.count == 0) return;
    __builtin_prefetch(chain.next, 1);
    __builtin_prefetch(chain.next + stride_ - 1, 1);
  }
  // Has what read() will read of one chunk fetched. Follows the pointers of the chunks before it,
  // so these should have been fetched some time ago.
  static constexpr std::uint32_t kChunksFetched = 4;
  void prefetch_chunk(const RowChain& chain, std::uint32_t chunk) const;

  // Appends the chain's rows to the two vectors, by time; rows of one time in order of arrival.
  void read(const RowChain& chain,
            std::vector<const void*>& rows,
            std::vector<std::int64_t>& times) const;

  // Appends the rows that have not been packed yet to `to`, in the order of their arrival, as bytes
  // (row_packing.h); they have been from now on.
  void pack(RowChain& chain, std::string& to) const;
  // Appends packed rows to a chain that has no others; `scratch` is room for one row. Whether they
  // were rows.
  bool unpack(RowChain& chain, std::string_view bytes, std::byte* scratch, TableSet& owner) const;
  std::size_t row_size() const { return copy_.size(); }

 private:
  static constexpr std::uint32_t kChunkRowsMin = 2;
  static constexpr std::uint32_t kChunkRowsMax = 64;

  // Whether chunks of 2, 2, 4, 8, 16, 32, 64, 64 … rows hold exactly `count`.
  static bool is_full(std::uint32_t count) {
    if (count >= kChunkRowsMax) return count % kChunkRowsMax == 0;
    return count != 1 && (count & (count - 1)) == 0;
  }
  // Of the chunk that opens when a chain has `count` rows.
  static std::uint32_t capacity_at(std::uint32_t count) {
    return std::clamp(count, kChunkRowsMin, kChunkRowsMax);
  }

  void open_chunk(RowChain& chain, TableSet& owner) const;
  const std::byte* behind(const std::byte* chunk, std::uint32_t capacity) const;

  RowCopy copy_;
  RowPacking packing_;
  std::size_t row_offset_;  // From the start of a slot: behind the time.
  std::size_t stride_;      // From slot to slot.
};

}  // namespace weir
