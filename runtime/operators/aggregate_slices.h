#pragma once

#include <array>
#include <map>
#include <memory>
#include <vector>

#include "model/window.h"
#include "operators/table_merge.h"
#include "state/table_set.h"

namespace weir {

// The accumulators of a windowed aggregate, by slice, and what is derived from them. Owned by one
// operator.
//
// A window of few slices is merged from them when it fires. For longer ones there are derived
// slices: one of level k is the merge of four neighbours of level k - 1, made for one key group
// when a window that contains all of it first fires, so that a window of n slices is merged from
// about log n tables. Derived slices are never part of durable state.
class AggregateSlices final {
 public:
  // `functions` outlives the object.
  AggregateSlices(const WindowSlices& slices,
                  TableLayout layout,
                  KeyGroupRange groups,
                  const weir_functions& functions);

  const TableLayout& layout() const { return layout_; }
  const KeyGroupRange& groups() const { return groups_; }

  // Null when it holds nothing.
  TableSet* find(SliceNumber slice);
  TableSet& open(SliceNumber slice);
  void drop(SliceNumber slice);

  // The derived sets that contain `slice` and have been made for the key group at `group` (counted
  // from the first of the range): what is added to the slice must be added to them.
  void find_derived(SliceNumber slice, std::uint32_t group, std::vector<TableSet*>& found);

  // Tables that together hold what the slices of `range` do for one key group, oldest first. Makes
  // derived slices, so no slice of the range may take rows that do not go through find_derived().
  Status collect(SliceRange range, std::uint32_t group, std::vector<const Table*>& found);

  const StateSize& size() const { return size_; }
  std::size_t derived_bytes() const { return derived_size_.bytes; }

 private:
  struct Derived {
    Derived(const TableLayout& layout, KeyGroupRange groups, StateSize& total)
        : set(layout, groups, TableSet::LongKeys::Borrowed, total), is_made(groups.count) {}
    TableSet set;
    std::vector<bool> is_made;  // By key group.
  };
  using Level = std::map<SliceNumber, std::unique_ptr<Derived>>;

  Result<const Table*> derived(std::size_t level, SliceNumber number, std::uint32_t group);
  Status make(Derived& made, std::size_t level, SliceNumber number, std::uint32_t group);
  bool holds_any(SliceRange range) const;

  TableLayout layout_;
  KeyGroupRange groups_;
  TableMerge merge_;
  StateSize size_;
  StateSize derived_size_;
  std::map<SliceNumber, std::unique_ptr<TableSet>> slices_;
  std::unique_ptr<TableSet>
      spare_;                  // The last one dropped: its memory is warm and of the right size.
  std::vector<Level> levels_;  // [0] is level 1. Empty when windows are short.

  struct Recent {
    SliceNumber slice;
    TableSet* set = nullptr;
  };
  std::array<Recent, 64> recent_;  // By the low bits of the slice's number.
};

}  // namespace weir
