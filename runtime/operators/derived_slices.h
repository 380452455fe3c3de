#pragma once

#include <map>
#include <memory>
#include <vector>

#include "model/window.h"
#include "operators/table_merge.h"
#include "state/slice_tables.h"

namespace weir {

// What is derived from an operator's slices, so that windows of many slices fire fast. Owned by the
// operator.
//
// A window of few slices is merged from them when it fires. For longer ones there are derived
// slices: one of level k is the merge of four neighbours of level k - 1, made for one key group
// when a window that contains all of it first fires, so that a window of n slices is merged from
// about log n tables. Never part of durable state.
class DerivedSlices final {
 public:
  // `slices` outlives the object, `functions` that or the next flip().
  DerivedSlices(SliceNumber slices_per_window,
                SliceTables& slices,
                const weir_functions& functions);

  // The derived sets that contain `slice` and have been made for the key group at `group` (counted
  // from the first of the range): what is added to the slice must be added to them.
  void find(SliceNumber slice, std::uint32_t group, std::vector<TableSet*>& found);

  // Sets that together hold what the slices of `range` do for the key groups `groups` (counted from
  // the first of the owner's), oldest first; of other groups they hold anything. Makes derived
  // slices, so from here on rows of these slices must also go to what find() tells.
  Status collect(SliceRange range, TableRange groups, std::vector<const TableSet*>& found);

  // From here on these merge; what others have merged is forgotten, so that results do not depend
  // on what happened to be there.
  void flip(const weir_functions& functions);

  // The slice is about to be dropped.
  void drop(SliceNumber slice);

  std::size_t bytes() const { return size_.bytes; }

 private:
  struct Derived {
    Derived(const TableLayout& layout, KeyGroupRange groups, StateSize& total)
        : set(layout, groups, TableSet::LongKeys::Borrowed, total), is_made(groups.count) {}
    TableSet set;
    std::vector<bool> is_made;  // By key group.
  };
  using Level = std::map<SliceNumber, std::unique_ptr<Derived>>;

  Derived& open(Level& level, SliceNumber number);
  void close(Level& level, SliceNumber number_last);
  Result<const TableSet*> piece(std::size_t level, SliceNumber number, TableRange groups);
  Status make(Derived& derived, std::size_t level, SliceNumber number, TableRange groups);

  SliceTables* slices_;
  TableMerge merge_;
  StateSize size_;
  std::unique_ptr<Derived> spare_;  // One that was dropped: its memory serves again.
  std::vector<Level> levels_;       // [0] is level 1. Empty when windows are short.
};

}  // namespace weir
