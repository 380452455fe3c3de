#pragma once

#include <array>
#include <map>
#include <memory>
#include <vector>

#include "model/window.h"
#include "state/table_set.h"

namespace weir {

// An operator's slices, each a set of tables. Owned by one operator.
class SliceTables final {
 public:
  SliceTables(TableLayout layout, KeyGroupRange groups);

  const TableLayout& layout() const { return layout_; }
  const KeyGroupRange& groups() const { return groups_; }
  const StateSize& size() const { return size_; }

  // Null when it holds nothing.
  TableSet* find(SliceNumber slice);
  bool holds_any(SliceRange range) const;
  // Those of the range that hold something, oldest first.
  void find(SliceRange range, std::vector<const TableSet*>& found) const;
  // One that holds nothing.
  TableSet& open(SliceNumber slice);
  // One that holds something.
  void drop(SliceNumber slice);

 private:
  struct Recent {
    SliceNumber slice = 0;
    TableSet* set = nullptr;
  };
  Recent& recent(SliceNumber slice) {
    return recent_[static_cast<std::uint64_t>(slice) % recent_.size()];
  }

  TableLayout layout_;
  KeyGroupRange groups_;
  StateSize size_;
  std::map<SliceNumber, std::unique_ptr<TableSet>> slices_;
  // The last one dropped: its memory is warm and of the right size.
  std::unique_ptr<TableSet> spare_;
  std::array<Recent, 64> recent_;
};

}  // namespace weir
