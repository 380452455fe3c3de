#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "state/row_chain.h"
#include "state/table_set.h"

namespace weir {

// The keys of a window that fires, each with its chains of rows in every slice that has some.
// Borrows from the slices' tables. Scratch memory that is used again.
class RowGroups final {
 public:
  void clear();
  std::size_t size() const { return groups_.size(); }

  // Adds the keys of one key group: `slices` are its tables, oldest first, all of this layout,
  // whose values start with the chains.
  void add(const TableLayout& layout, std::span<const Table* const> slices);

  std::string_view key(std::size_t i) const { return groups_[i].key; }
  // The chains of key i, slice by slice, oldest first: null behind the last.
  struct Link {
    const RowChain* chains;  // One for each side.
    std::uint32_t next;
  };
  const Link* first(std::size_t i) const { return &links_[groups_[i].first]; }
  const Link* next(const Link& link) const {
    return link.next == kNone ? nullptr : &links_[link.next];
  }

 private:
  static constexpr std::uint32_t kNone = ~0u;
  struct Group {
    std::string_view key;
    std::uint32_t first;  // Links.
    std::uint32_t last;
  };

  void add_group(std::string_view key, const RowChain* chains);
  void join(const TableLayout& layout, const Table& slice);

  std::vector<Group> groups_;
  std::vector<Link> links_;

  // Which group a key of the key group under way has, for windows of several slices.
  StateSize size_;
  std::optional<TableLayout> index_layout_;
  std::optional<TableSet> index_;
  TableBatch batch_;
  std::vector<std::string_view> keys_;   // Of the batch …
  std::vector<const RowChain*> chains_;  // … and its chains.
};

}  // namespace weir
