#include "state/slice_tables.h"

#include <utility>

#include "base/check.h"

namespace weir {

SliceTables::SliceTables(TableLayout layout, KeyGroupRange groups)
    : layout_(std::move(layout)), groups_(groups) {}

TableSet* SliceTables::find(SliceNumber slice) {
  Recent& known = recent(slice);
  if (known.set != nullptr && known.slice == slice) return known.set;
  const auto found = slices_.find(slice);
  if (found == slices_.end()) return nullptr;
  known = {slice, found->second.get()};
  return known.set;
}

bool SliceTables::holds_any(SliceRange range) const {
  const auto slice = slices_.lower_bound(range.first);
  return slice != slices_.end() && slice->first < range.end;
}

void SliceTables::find(SliceRange range, std::vector<const TableSet*>& found) const {
  found.clear();
  auto slice = slices_.lower_bound(range.first);
  for (; slice != slices_.end() && slice->first < range.end; ++slice)
    found.push_back(slice->second.get());
}

TableSet& SliceTables::open(SliceNumber slice) {
  auto set = std::exchange(spare_, nullptr);
  if (set == nullptr)
    set = std::make_unique<TableSet>(layout_, groups_, TableSet::LongKeys::Copied, size_);
  const auto [opened, is_new] = slices_.emplace(slice, std::move(set));
  CHECK(is_new);
  return *opened->second;
}

void SliceTables::drop(SliceNumber slice) {
  if (recent(slice).slice == slice) recent(slice).set = nullptr;
  const auto found = slices_.find(slice);
  CHECK(found != slices_.end());
  // Memory that was mostly empty this time is not kept for the next.
  if (spare_ == nullptr && found->second->is_well_filled()) {
    found->second->clear();
    spare_ = std::move(found->second);
  }
  slices_.erase(found);
}

}  // namespace weir
