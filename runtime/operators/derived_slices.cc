#include "operators/derived_slices.h"

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
  for (std::size_t level = 1; level <= levels_.size(); ++level) {
    Level& known = levels_[level - 1];
    known.erase(known.begin(), known.upper_bound(number_at(level, slice)));
  }
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
                              std::uint32_t group,
                              std::vector<const Table*>& found) {
  found.clear();
  for (SliceNumber slice = range.first; slice < range.end;) {
    std::size_t level = 0;
    while (level < levels_.size() && slice % width(level + 1) == 0 &&
           slice + width(level + 1) <= range.end)
      ++level;
    TRY(const Table* piece, table(level, number_at(level, slice), group));
    if (piece != nullptr && !piece->empty()) found.push_back(piece);
    slice += width(level);
  }
  return Done{};
}

// Null when there is nothing. Level 0 are the slices themselves.
Result<const Table*> DerivedSlices::table(std::size_t level,
                                          SliceNumber number,
                                          std::uint32_t group) {
  if (level == 0) {
    const TableSet* slice = slices_->find(number);
    return slice == nullptr ? nullptr : &slice->table(group);
  }
  Level& known = levels_[level - 1];
  auto found = known.find(number);
  if (found == known.end()) {
    if (!slices_->holds_any({number * width(level), (number + 1) * width(level)})) return nullptr;
    auto fresh = std::make_unique<Derived>(slices_->layout(), slices_->groups(), size_);
    found = known.emplace(number, std::move(fresh)).first;
  }
  Derived& made = *found->second;
  if (!made.is_made[group]) TRY_DO(make(made, level, number, group));
  return &made.set.table(group);
}

Status DerivedSlices::make(Derived& made,
                           std::size_t level,
                           SliceNumber number,
                           std::uint32_t group) {
  const SliceNumber first = number * width(1);
  for (SliceNumber child = first; child < first + width(1); ++child) {
    TRY(const Table* piece, table(level - 1, child, group));
    if (piece != nullptr && !piece->empty())
      TRY_DO(merge_.merge(made.set, made.set.table(group), *piece));
  }
  made.is_made[group] = true;
  return Done{};
}

}  // namespace weir
