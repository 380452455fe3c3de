#include "operators/derived_slices.h"

#include <utility>

namespace weir {
namespace {

// Slices of a window that is merged without derived slices.
constexpr SliceNumber kUnmergedMax = 8;
// A derived slice is made of four.
constexpr int kFanBits = 2;

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

DerivedSlices::DerivedSlices(SliceNumber slices_per_window,
                             SliceTables& slices,
                             const weir_functions& functions)
    : slices_(&slices), merge_(functions), levels_(level_count(slices_per_window)) {}

void DerivedSlices::drop(SliceNumber slice) {
  for (std::size_t level = 1; level <= levels_.size(); ++level)
    close(levels_[level - 1], number_at(level, slice));
}

void DerivedSlices::flip(const weir_functions& functions) {
  merge_.flip(functions);
  for (Level& level : levels_) {
    if (!level.empty()) close(level, level.rbegin()->first);
  }
}

// Drops all of the level up to `number_last`.
void DerivedSlices::close(Level& level, SliceNumber number_last) {
  while (!level.empty() && level.begin()->first <= number_last) {
    spare_ = std::move(level.begin()->second);
    level.erase(level.begin());
  }
}

DerivedSlices::Derived& DerivedSlices::open(Level& level, SliceNumber number) {
  auto derived = std::exchange(spare_, nullptr);
  if (derived == nullptr) {
    derived = std::make_unique<Derived>(slices_->layout(), slices_->groups(), size_);
  } else {
    derived->set.clear();
    derived->is_made.assign(derived->is_made.size(), false);
  }
  return *level.emplace(number, std::move(derived)).first->second;
}

void DerivedSlices::find(SliceNumber slice, std::uint32_t group, std::vector<TableSet*>& found) {
  found.clear();
  for (std::size_t level = 1; level <= levels_.size(); ++level) {
    const auto known = levels_[level - 1].find(number_at(level, slice));
    if (known == levels_[level - 1].end() || !known->second->is_made[group]) continue;
    found.push_back(&known->second->set);
  }
}

Status DerivedSlices::collect(SliceRange range,
                              TableRange groups,
                              std::vector<const TableSet*>& found) {
  found.clear();
  for (SliceNumber slice = range.first; slice < range.end;) {
    std::size_t level = 0;
    while (level < levels_.size() && slice % width(level + 1) == 0 &&
           slice + width(level + 1) <= range.end)
      ++level;
    TRY(const TableSet* set, piece(level, number_at(level, slice), groups));
    if (set != nullptr) found.push_back(set);
    slice += width(level);
  }
  return Done{};
}

// Null when there is nothing. Level 0 are the slices themselves.
Result<const TableSet*> DerivedSlices::piece(std::size_t level,
                                             SliceNumber number,
                                             TableRange groups) {
  if (level == 0) return slices_->find(number);
  Level& known = levels_[level - 1];
  const auto found = known.find(number);
  if (found == known.end()) {
    if (!slices_->holds_any({number * width(level), (number + 1) * width(level)})) return nullptr;
  }
  Derived& derived = found == known.end() ? open(known, number) : *found->second;
  const std::uint32_t end = groups.first + groups.count;
  for (std::uint32_t first = groups.first; first < end;) {
    std::uint32_t last = first;
    while (last < end && derived.is_made[last] == derived.is_made[first])
      ++last;
    if (!derived.is_made[first]) TRY_DO(make(derived, level, number, {first, last - first}));
    first = last;
  }
  return &derived.set;
}

Status DerivedSlices::make(Derived& derived,
                           std::size_t level,
                           SliceNumber number,
                           TableRange groups) {
  const SliceNumber first = number * width(1);
  for (SliceNumber child = first; child < first + width(1); ++child) {
    TRY(const TableSet* from, piece(level - 1, child, groups));
    if (from != nullptr) TRY_DO(merge_.merge(derived.set, groups.first, *from, groups));
  }
  for (std::uint32_t i = 0; i < groups.count; ++i)
    derived.is_made[groups.first + i] = true;
  return Done{};
}

}  // namespace weir
