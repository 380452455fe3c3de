#pragma once

#include <array>
#include <map>
#include <memory>
#include <optional>
#include <utility>
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

  // A barrier, for slices whose entries are touched before they change: what has changed before it
  // is handed out from here on. Only when all of the last time has been. How many entries that
  // are, at most.
  std::size_t begin_collection();
  // An entry that must be written down as it is now, before anything else is done to the slices.
  struct Changed {
    SliceNumber slice;
    std::uint32_t group;  // Of the job's.
    std::byte* entry;
  };
  // None: all has been handed out.
  std::optional<Changed> next_changed();
  // The slices dropped since the last call that hold something in the durable image.
  std::vector<SliceNumber> take_dropped() { return std::exchange(dropped_, {}); }

 private:
  // A slice with entries still to be handed out.
  struct Pending {
    SliceNumber slice;
    TableSet* set;
    std::unique_ptr<TableSet> dropped;  // Kept here when the slice has been dropped meanwhile.
  };
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
  std::vector<Pending> pending_;  // The next one last.
  std::vector<SliceNumber> dropped_;
};

}  // namespace weir
