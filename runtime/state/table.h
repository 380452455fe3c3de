#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

#include "state/table_layout.h"

namespace weir {

// One hash table: the keys of one key group in one slice. Our own and not a library's, because the
// size of a value is known only at run time, because a batch of rows must be looked up in stages
// that each prefetch for the next (table_set.h), and because a table must cost next to nothing
// while it holds a handful of keys: jobs have hundreds of thousands of them.
//
// Entries stand one behind the other in the order of their insertion and are never removed singly,
// so a scan is a walk over an array, and an entry's number is stable. The index beside them holds,
// for each slot, an entry's number + 1 in its low bits and bits of the hash above them.
//
// Pointers to entries are good until the next upsert. Every function takes the layout the table was
// filled with. Used by one thread.
class Table final {
 public:
  Table() = default;
  ~Table();
  Table(Table&& other) noexcept;
  Table& operator=(Table&& other) noexcept;
  Table(const Table&) = delete;
  Table& operator=(const Table&) = delete;

  // Entries, those taken back included.
  std::uint32_t size() const { return size_; }
  std::uint32_t live_count() const { return size_ - taken_back_; }
  bool empty() const { return size_ == 0; }
  std::byte* entry(const TableLayout& layout, std::uint32_t number) {
    return entries_ + number * layout.stride();
  }
  const std::byte* entry(const TableLayout& layout, std::uint32_t number) const {
    return entries_ + number * layout.stride();
  }

  // The number of the live entry of `key`. `hash` is the low half of hash_key(key).
  std::optional<std::uint32_t> find(const TableLayout& layout,
                                    std::uint32_t hash,
                                    std::string_view key) const;

  // Adds an entry for a key that find() does not find. The key's bytes must outlive the table when
  // they do not fit into the entry.
  std::uint32_t insert(const TableLayout& layout, std::uint32_t hash, std::string_view key);

  // Marks a live entry as if its key had never been inserted; the entry stays.
  void take_back(const TableLayout& layout, std::uint32_t number);

  // The number of an entry that probably has the key: its hash agrees as far as the index knows it.
  std::optional<std::uint32_t> find_likely(std::uint32_t hash) const {
    for (std::uint32_t slot = hash & mask_;; slot = (slot + 1) & mask_) {
      const std::uint32_t content = index_[slot];
      if (content == 0) return std::nullopt;
      if (((content ^ hash) & ~mask_) == 0) return (content & mask_) - 1;
    }
  }
  void prefetch_index(std::uint32_t hash) const { __builtin_prefetch(index_ + (hash & mask_)); }
  void prefetch_entry(const TableLayout& layout, std::uint32_t number) const {
    const std::byte* start = entry(layout, number);
    __builtin_prefetch(start, 1);
    __builtin_prefetch(start + layout.stride() - 1, 1);
  }

  // Asks for the first entries, which a scan is about to read.
  void prefetch_entries(const TableLayout& layout) const {
    constexpr std::size_t kLine = 64;
    constexpr std::size_t kBytesMax = 8 * kLine;
    const std::byte* end = entries_ + std::min(size_ * layout.stride(), kBytesMax);
    for (const std::byte* line = entries_; line < end; line += kLine)
      __builtin_prefetch(line);
  }

  // Forgets all entries and keeps the memory.
  void clear();
  // Becomes a copy of `other`; keys outside of entries are shared.
  void assign(const TableLayout& layout, const Table& other);

  // Memory held beside the object itself.
  std::size_t bytes(const TableLayout& layout) const {
    return capacity_ == 0 ? 0 : capacity_ * layout.stride() + (mask_ + 1) * sizeof(index_[0]);
  }

 private:
  static const std::uint32_t kNoSlots[1];

  void reserve(const TableLayout& layout, std::uint32_t capacity);
  void rebuild_index(const TableLayout& layout);
  void put_into_index(std::uint32_t hash, std::uint32_t number);

  std::byte* entries_ = nullptr;  // One allocation: the entries, then the index.
  std::uint32_t* index_ =
      const_cast<std::uint32_t*>(kNoSlots);  // Never written while capacity is 0.
  std::uint32_t mask_ = 0;                   // Slots - 1; slots are a power of two.
  std::uint32_t size_ = 0;
  std::uint32_t capacity_ = 0;  // Entries that fit.
  std::uint32_t taken_back_ = 0;
};

}  // namespace weir
