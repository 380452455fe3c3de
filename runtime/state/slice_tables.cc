#include "state/slice_tables.h"

#include <algorithm>
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
  if (found->second->changes().is_stored()) dropped_.push_back(slice);
  if (found->second->changes().has_left()) {
    const auto pending = std::ranges::find(pending_, slice, &Pending::slice);
    CHECK(pending != pending_.end());
    pending->dropped = std::move(found->second);
    slices_.erase(found);
    return;
  }
  // Its last change may just have been taken.
  std::erase_if(pending_, [&](const Pending& pending) { return pending.slice == slice; });
  // Memory that was mostly empty this time is not kept for the next.
  if (spare_ == nullptr && found->second->is_well_filled()) {
    found->second->clear();
    spare_ = std::move(found->second);
  }
  slices_.erase(found);
}

std::size_t SliceTables::begin_collection() {
  CHECK(pending_.empty(), "not all of the last epoch was collected");
  std::size_t count = 0;
  for (auto slice = slices_.rbegin(); slice != slices_.rend(); ++slice) {
    TableSet& set = *slice->second;
    set.changes().begin_collection();
    if (!set.changes().has_left()) continue;
    count += set.changes().left_count();
    pending_.push_back({slice->first, &set, nullptr});
  }
  return count;
}

std::optional<SliceTables::Changed> SliceTables::next_changed() {
  constexpr std::size_t kAhead = 8;
  while (!pending_.empty()) {
    const Pending& pending = pending_.back();
    TableSet& set = *pending.set;
    ChangeList& changes = set.changes();
    while (changes.has_left()) {
      if (const auto soon = changes.peek(kAhead))
        set.table(soon->table).prefetch_entry(layout_, soon->number);
      const ChangeList::Place place = changes.take();
      std::byte* entry = set.table(place.table).entry(layout_, place.number);
      if (TableLayout::marks(entry) != changes.mark_to_collect()) continue;
      TableLayout::set_marks(entry, 0);
      if (TableLayout::is_live(entry))
        return Changed{pending.slice, groups_.first + place.table, entry};
    }
    pending_.pop_back();
  }
  return std::nullopt;
}

}  // namespace weir
