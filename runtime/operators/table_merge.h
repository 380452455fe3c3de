#pragma once

#include <vector>

#include <weir/abi.h>

#include "base/result.h"
#include "state/table_set.h"

namespace weir {

// Merges tables of accumulators with the plugin's `merge`. Owned by one operator; scratch memory
// that is used again.
class TableMerge final {
 public:
  // `functions` outlives the object.
  explicit TableMerge(const weir_functions& functions) : functions_(&functions) {}

  // Merges all keys of `from`, a table of the same layout and key group, into `into` of `set`.
  Status merge(TableSet& set, Table& into, const Table& from);
  // Merges one entry of `from`.
  Status merge_entry(TableSet& set, Table& into, const Table& from, std::uint32_t number);

 private:
  void add(TableSet& set, Table& into, const std::byte* entry);
  Status run(std::size_t value_size);

  const weir_functions* functions_;
  TableBatch batch_;
  std::vector<const void*> from_;         // Values, as batch_ has their keys.
  std::vector<void*> shared_into_;        // Those whose key was there already …
  std::vector<const void*> shared_from_;  // … on both sides.
};

}  // namespace weir
