#pragma once

#include <vector>

#include <weir/abi.h>

#include "base/result.h"
#include "state/table_set.h"

namespace weir {

// Consecutive tables of a set.
struct TableRange {
  std::uint32_t first = 0;
  std::uint32_t count = 0;
};

// Merges tables of accumulators with the plugin's `merge`, many keys to a call. Owned by one
// operator; scratch memory that is used again.
class TableMerge final {
 public:
  // `functions` outlives the object or the next flip().
  explicit TableMerge(const weir_functions& functions) : functions_(&functions) {}
  void flip(const weir_functions& functions) { functions_ = &functions; }

  // Merges all keys of the tables `range` of `from`, a set of the same layout, into as many tables
  // of `into` from `first` on; each holds keys of the same key group as its counterpart.
  Status merge(TableSet& into, std::uint32_t first, const TableSet& from, TableRange range);
  // Merges one entry of `from`.
  Status merge_entry(TableSet& into, Table& table, const Table& from, std::uint32_t number);

 private:
  Status add_all(TableSet& into, Table& table, const Table& from);
  void add(TableSet& into, Table& table, const std::byte* entry);
  Status run(std::size_t value_size);

  const weir_functions* functions_;
  TableBatch batch_;
  std::vector<const void*> from_;         // Values, as batch_ has their keys.
  std::vector<void*> shared_into_;        // Those whose key was there already …
  std::vector<const void*> shared_from_;  // … on both sides.
};

}  // namespace weir
