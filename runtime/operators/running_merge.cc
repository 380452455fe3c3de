#include "operators/running_merge.h"

#include <algorithm>

namespace weir {
namespace {

// Windows before the point is moved, and derived slices before the point, about balance.
constexpr SliceNumber kStepMax = 256;

SliceNumber step_for(SliceNumber slices_per_window) {
  SliceNumber step = 1;
  while (step < kStepMax && step * 16 <= slices_per_window)
    step *= 4;
  return step;
}

SliceNumber round_up(SliceNumber slice, SliceNumber step) {
  const SliceNumber beyond = ((slice % step) + step) % step;
  return beyond == 0 ? slice : slice + step - beyond;
}

}  // namespace

RunningMerge::RunningMerge(SliceNumber slices_per_window,
                           SliceTables& slices,
                           DerivedSlices& derived,
                           const weir_functions& functions)
    : slices_(&slices),
      derived_(&derived),
      merge_(functions),
      step_(step_for(slices_per_window)),
      held_(slices.groups().count) {}

Status RunningMerge::collect(SliceRange range,
                             TableRange groups,
                             std::vector<const TableSet*>& found) {
  if (step_ == 1) return derived_->collect(range, groups, found);
  if (!set_)
    set_.emplace(slices_->layout(), slices_->groups(), TableSet::LongKeys::Borrowed, size_);
  const SliceRange shared{round_up(range.first, step_), range.end};
  const std::uint32_t end = groups.first + groups.count;
  for (std::uint32_t first = groups.first; first < end;) {
    std::uint32_t last = first;
    while (last < end && held_[last] == held_[first])
      ++last;
    TRY_DO(extend(shared, {first, last - first}));
    first = last;
  }
  TRY_DO(derived_->collect({range.first, shared.first}, groups, found));
  found.insert(found.begin(), &*set_);
  return Done{};
}

// Makes the set hold `range` for key groups that hold the same so far.
Status RunningMerge::extend(SliceRange range, TableRange groups) {
  const SliceRange held = held_[groups.first];
  if (held == range) return Done{};
  SliceRange missing = range;
  if (held.first == range.first && held.end > held.first && held.end < range.end) {
    missing.first = held.end;
  } else {
    forget(groups);
  }
  TRY_DO(derived_->collect(missing, groups, pieces_));
  for (const TableSet* piece : pieces_)
    TRY_DO(merge_.merge(*set_, groups.first, *piece, groups));
  for (std::uint32_t i = 0; i < groups.count; ++i)
    held_[groups.first + i] = range;
  return Done{};
}

void RunningMerge::forget(TableRange groups) {
  for (std::uint32_t i = 0; i < groups.count; ++i) {
    set_->clear(set_->table(groups.first + i));
    held_[groups.first + i] = {};
  }
}

void RunningMerge::flip(const weir_functions& functions) {
  merge_.flip(functions);
  if (set_) forget({0, static_cast<std::uint32_t>(held_.size())});
}

TableSet* RunningMerge::find(SliceNumber slice, std::uint32_t group) {
  return held_[group].contains(slice) ? &*set_ : nullptr;
}

// Long keys may stand in the slice's memory.
void RunningMerge::drop(SliceNumber slice) {
  for (std::uint32_t group = 0; group < held_.size(); ++group) {
    if (held_[group].contains(slice)) forget({group, 1});
  }
}

}  // namespace weir
