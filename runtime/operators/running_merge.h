#pragma once

#include <optional>
#include <vector>

#include "operators/derived_slices.h"

namespace weir {

// A merge that windows of many slices share while they fire one after the other: of all slices from
// some common point up to the end of the last window. The next window adds its newest slice to it,
// and is made of it and of the few derived slices before that point; every so many windows it is
// made anew. Never part of durable state. Owned by the operator.
class RunningMerge final {
 public:
  // All outlive the object; `functions` at least the next flip().
  RunningMerge(SliceNumber slices_per_window,
               SliceTables& slices,
               DerivedSlices& derived,
               const weir_functions& functions);

  // As DerivedSlices::collect(), for a window that fires in its turn; the largest set first.
  Status collect(SliceRange range, TableRange groups, std::vector<const TableSet*>& found);

  // The set, if it holds the slice for the key group at `group`: what is added to the slice must be
  // added to it.
  TableSet* find(SliceNumber slice, std::uint32_t group);

  // See DerivedSlices.
  void flip(const weir_functions& functions);

  // The slice is about to be dropped.
  void drop(SliceNumber slice);

  std::size_t bytes() const { return size_.bytes; }

 private:
  Status extend(SliceRange range, TableRange groups);
  void forget(TableRange groups);

  SliceTables* slices_;
  DerivedSlices* derived_;
  TableMerge merge_;
  SliceNumber step_;  // The common point is a multiple of it; 1: there is nothing to share.
  StateSize size_;
  std::optional<TableSet> set_;
  std::vector<SliceRange> held_;  // Of each key group.
  std::vector<const TableSet*> pieces_;
};

}  // namespace weir
