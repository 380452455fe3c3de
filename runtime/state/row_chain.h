#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "state/row_copy.h"
#include "state/table_set.h"

namespace weir {

// The rows of one key and side in one slice, in the order of their arrival: a value in a table, all
// zero when fresh. Its rows stand in chunks in the table set's memory, each twice as large as the
// one before.
//
//   chunk := next:pointer  { time:i64  row }[capacity]
//
// The pointer stands in front so that whoever reads a chunk can have the one behind it fetched.
struct RowChain {
  std::byte* first = nullptr;  // Chunks.
  std::byte* last = nullptr;
  std::byte* next = nullptr;  // Where the next row goes …
  std::byte* end = nullptr;   // … unless the chunk ends here.
  std::int64_t last_time = 0;
  std::uint32_t count = 0;
  std::uint32_t is_out_of_order = 0;  // Some row came after one with a later time.
};

// Appends to chains of rows of one record type and reads them. A pure description; shared by all
// chains.
class RowChains final {
 public:
  explicit RowChains(const RecordSchema& schema);

  // Copies the row and its text into memory of `owner`, which holds the chain.
  void append(RowChain& chain, std::int64_t time, const void* row, TableSet& owner) const;

  // Fetches what append() will write to, or what read() will read first, if there is time.
  void prefetch_end(const RowChain& chain) const {
    __builtin_prefetch(chain.next, 1);
    __builtin_prefetch(chain.next + stride_ - 1, 1);
  }
  void prefetch_begin(const RowChain& chain) const {
    __builtin_prefetch(chain.first);
    __builtin_prefetch(chain.first + stride_);
    __builtin_prefetch(chain.first + 2 * stride_);
  }

  // Appends the chain's rows to the two vectors, by time; rows of one time in order of arrival.
  void read(const RowChain& chain,
            std::vector<const void*>& rows,
            std::vector<std::int64_t>& times) const;

 private:
  void open_chunk(RowChain& chain, TableSet& owner) const;
  // From the start of a chunk: behind the pointer, aligned as the slots are.
  std::size_t rows_offset() const { return std::max(sizeof(std::byte*), row_offset_); }

  RowCopy copy_;
  std::size_t row_offset_;  // From the start of a slot: behind the time.
  std::size_t stride_;      // From slot to slot.
};

}  // namespace weir
