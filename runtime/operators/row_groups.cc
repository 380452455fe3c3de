#include "operators/row_groups.h"

#include <algorithm>
#include <array>
#include <cstring>

#include "model/row_batch.h"

namespace weir {
namespace {

const RowChain* chains_of(const TableLayout& layout, const std::byte* entry) {
  return static_cast<const RowChain*>(layout.value(entry));
}

}  // namespace

void RowGroups::clear() {
  groups_.clear();
  links_.clear();
}

void RowGroups::add(const TableLayout& layout, std::span<const Table* const> slices) {
  if (slices.size() == 1) {
    const Table& slice = *slices.front();
    for (std::uint32_t number = 0; number < slice.size(); ++number) {
      const std::byte* entry = slice.entry(layout, number);
      add_group(layout.key(entry), chains_of(layout, entry));
    }
    return;
  }
  if (!index_) {
    const std::array<std::byte, sizeof(std::uint32_t)> fresh{};
    index_layout_.emplace(layout.key_room(), alignof(std::uint32_t), fresh);
    index_.emplace(*index_layout_, KeyGroupRange{1, 0, 1}, TableSet::LongKeys::Borrowed, size_);
  }
  index_->clear(index_->table(0));
  for (const Table* slice : slices)
    join(layout, *slice);
}

void RowGroups::add_group(std::string_view key, const RowChain* chains) {
  const auto link = static_cast<std::uint32_t>(links_.size());
  links_.push_back({chains, kNone});
  groups_.push_back({key, link, link});
}

void RowGroups::join(const TableLayout& layout, const Table& slice) {
  for (std::uint32_t first = 0; first < slice.size(); first += kBatchRows) {
    const auto end = std::min<std::uint32_t>(slice.size(), first + kBatchRows);
    batch_.clear();
    keys_.clear();
    chains_.clear();
    for (std::uint32_t number = first; number < end; ++number) {
      const std::byte* entry = slice.entry(layout, number);
      batch_.add(*index_, index_->table(0), TableLayout::hash(entry), layout.key(entry));
      keys_.push_back(layout.key(entry));
      chains_.push_back(chains_of(layout, entry));
    }
    batch_.upsert();
    for (std::size_t i = 0; i < chains_.size(); ++i) {
      auto* group = static_cast<std::uint32_t*>(batch_.values()[i]);
      if (batch_.is_new(i)) {
        *group = static_cast<std::uint32_t>(groups_.size());
        add_group(keys_[i], chains_[i]);
        continue;
      }
      const auto link = static_cast<std::uint32_t>(links_.size());
      links_.push_back({chains_[i], kNone});
      links_[groups_[*group].last].next = link;
      groups_[*group].last = link;
    }
  }
}

}  // namespace weir
