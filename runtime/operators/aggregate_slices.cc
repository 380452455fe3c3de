#include "operators/aggregate_slices.h"

#include <utility>

#include "base/check.h"

namespace weir {
namespace {

constexpr SliceNumber kUnmergedMax =
    8;                       // Slices of a window that is merged without derived slices.
constexpr int kFanBits = 2;  // A derived slice is made of four.

// How many slices one of `level` stands for.
constexpr SliceNumber width(std::size_t level) {
  return SliceNumber{1} << (kFanBits * static_cast<int>(level));
}

// Rounds down, also below zero.
constexpr SliceNumber number_at(std::size_t level, SliceNumber slice) {
  return slice >> (kFanBits * static_cast<int>(level));
}

std::size_t level_count(SliceNumber slices_per_window) {
  if (slices_per_window <= kUnmergedMax) return 0;
  std::size_t count = 0;
  while (width(count + 1) <= slices_per_window)
    ++count;
  return count;
}

}  // namespace

AggregateSlices::AggregateSlices(const WindowSlices& slices,
                                 TableLayout layout,
                                 KeyGroupRange groups,
                                 const weir_functions& functions)
    : layout_(std::move(layout)),
      groups_(groups),
      merge_(functions),
      levels_(level_count(slices.slices_per_window())) {}

TableSet* AggregateSlices::find(SliceNumber slice) {
  Recent& recent = recent_[static_cast<std::uint64_t>(slice) % recent_.size()];
  if (recent.set != nullptr && recent.slice == slice) return recent.set;
  const auto found = slices_.find(slice);
  if (found == slices_.end()) return nullptr;
  recent = {slice, found->second.get()};
  return recent.set;
}

TableSet& AggregateSlices::open(SliceNumber slice) {
  CHECK(find(slice) == nullptr);
  auto set = std::exchange(spare_, nullptr);
  if (set == nullptr) {
    set = std::make_unique<TableSet>(layout_, groups_, TableSet::LongKeys::Copied, size_);
  }
  return *slices_.emplace(slice, std::move(set)).first->second;
}

void AggregateSlices::drop(SliceNumber slice) {
  recent_[static_cast<std::uint64_t>(slice) % recent_.size()].set = nullptr;
  for (std::size_t level = 1; level <= levels_.size(); ++level) {
    Level& derived = levels_[level - 1];
    derived.erase(derived.begin(), derived.upper_bound(number_at(level, slice)));
  }
  const auto found = slices_.find(slice);
  CHECK(found != slices_.end());
  // Memory that was mostly empty this time is not kept for the next.
  TableSet& set = *found->second;
  if (spare_ == nullptr && set.size().keys * layout_.stride() * 4 >= set.size().bytes) {
    set.clear();
    spare_ = std::move(found->second);
  }
  slices_.erase(found);
}

void AggregateSlices::find_derived(SliceNumber slice,
                                   std::uint32_t group,
                                   std::vector<TableSet*>& found) {
  found.clear();
  for (std::size_t level = 1; level <= levels_.size(); ++level) {
    const auto derived = levels_[level - 1].find(number_at(level, slice));
    if (derived == levels_[level - 1].end() || !derived->second->is_made[group]) continue;
    found.push_back(&derived->second->set);
  }
}

Status AggregateSlices::collect(SliceRange range,
                                std::uint32_t group,
                                std::vector<const Table*>& found) {
  found.clear();
  for (SliceNumber slice = range.first; slice < range.end;) {
    std::size_t level = 0;
    while (level < levels_.size() && slice % width(level + 1) == 0 &&
           slice + width(level + 1) <= range.end)
      ++level;
    TRY(const Table* table, derived(level, number_at(level, slice), group));
    if (table != nullptr && !table->empty()) found.push_back(table);
    slice += width(level);
  }
  return Done{};
}

// Null when there is nothing. Level 0 are the slices themselves.
Result<const Table*> AggregateSlices::derived(std::size_t level,
                                              SliceNumber number,
                                              std::uint32_t group) {
  if (level == 0) {
    const TableSet* slice = find(number);
    return slice == nullptr ? nullptr : &slice->table(group);
  }
  Level& known = levels_[level - 1];
  auto found = known.find(number);
  if (found == known.end()) {
    if (!holds_any({number * width(level), (number + 1) * width(level)})) return nullptr;
    auto fresh = std::make_unique<Derived>(layout_, groups_, derived_size_);
    found = known.emplace(number, std::move(fresh)).first;
  }
  Derived& made = *found->second;
  if (!made.is_made[group]) TRY_DO(make(made, level, number, group));
  return &made.set.table(group);
}

Status AggregateSlices::make(Derived& made,
                             std::size_t level,
                             SliceNumber number,
                             std::uint32_t group) {
  const SliceNumber first = number * width(1);
  for (SliceNumber child = first; child < first + width(1); ++child) {
    TRY(const Table* table, derived(level - 1, child, group));
    if (table != nullptr && !table->empty())
      TRY_DO(merge_.merge(made.set, made.set.table(group), *table));
  }
  made.is_made[group] = true;
  return Done{};
}

bool AggregateSlices::holds_any(SliceRange range) const {
  const auto slice = slices_.lower_bound(range.first);
  return slice != slices_.end() && slice->first < range.end;
}

}  // namespace weir
