#pragma once

#include <memory>
#include <span>
#include <vector>

#include "base/check.h"
#include "model/key.h"
#include "state/arena.h"
#include "state/change_list.h"
#include "state/table.h"

namespace weir {

// What an operator holds, kept up to date by the tables and stores that count in it.
struct StateSize {
  std::size_t keys = 0;
  std::size_t bytes = 0;
};

// The tables of one slice, one for each key group of its owner, and the memory of what their
// entries point to: keys that are too long, rows. Dropped as a whole. Used by one thread.
class TableSet final {
 public:
  enum class LongKeys {
    Copied,    // Into the set's own memory.
    Borrowed,  // Whoever upserts a key keeps its bytes for as long as the set lives.
  };

  // `layout` and `total`, in which the set counts what it holds, outlive it.
  TableSet(const TableLayout& layout, KeyGroupRange groups, LongKeys long_keys, StateSize& total);
  ~TableSet();
  TableSet(const TableSet&) = delete;
  TableSet& operator=(const TableSet&) = delete;

  const TableLayout& layout() const { return *layout_; }
  const KeyGroupRange& groups() const { return groups_; }
  // `index` counts from the first group of the range.
  Table& table(std::uint32_t index) { return tables_[index]; }
  const Table& table(std::uint32_t index) const { return tables_[index]; }
  Table& table_of(const KeyView& key) {
    const std::uint32_t index = groups_.index_of(key.hash);
    CHECK(index < groups_.count, "a key came to an owner that does not hold its group");
    return tables_[index];
  }

  // Finds or inserts one key; the number of its entry in `table`, which is one of this set.
  std::uint32_t upsert(Table& table, std::uint32_t hash, std::string_view key);

  // Makes `table`, one of this set, a copy of a table of a set with the same layout.
  void assign(Table& table, const Table& from);

  // Marks an entry as if its key had never been inserted.
  void take_back(Table& table, std::uint32_t number);

  // What has changed, for sets whose owner touches entries before it changes their values. True:
  // the entry is still to be collected, as it is now.
  bool touch(Table& table, std::uint32_t number) {
    std::byte* entry = table.entry(*layout_, number);
    const std::uint32_t marks = TableLayout::marks(entry);
    if (marks == changes_.mark()) return false;
    TableLayout::set_marks(entry, changes_.mark());
    changes_.add({static_cast<std::uint32_t>(&table - tables_.get()), number});
    return marks != 0;
  }
  ChangeList& changes() { return changes_; }

  // Memory that lives as long as the set, or until clear().
  void* allocate(std::size_t size, std::size_t alignment);

  // Forgets the keys of one table or all keys, and keeps the memory of the tables.
  void clear(Table& table);
  void clear();

  // Whether a good part of the memory held is in use.
  bool is_well_filled() const;

  // Live entries, and all memory held.
  const StateSize& size() const { return size_; }

 private:
  friend class TableBatch;
  std::uint32_t insert(Table& table, std::uint32_t hash, std::string_view key);
  void count_bytes(std::size_t before, std::size_t after);

  const TableLayout* layout_;
  KeyGroupRange groups_;
  LongKeys long_keys_;
  std::unique_ptr<Table[]> tables_;
  Arena arena_;
  ChangeList changes_;
  StateSize size_;
  StateSize* total_;
};

// Finds or inserts the keys of a batch, in stages over the whole batch: each prefetches what the
// next one reads, so that the misses of many keys are waited for at once. Scratch memory that is
// used again and again.
//
// All sets of a batch have the same layout.
//
//   batch.clear();
//   for (…) batch.add(set, table, key);
//   batch.upsert();
//   … batch.values()[i] …                      // until anything is inserted into the sets
class TableBatch final {
 public:
  void clear() { probes_.clear(); }
  void add(TableSet& set, Table& table, std::uint32_t hash, std::string_view key) {
    table.prefetch_index(hash);
    probes_.push_back({&set, &table, key.data(), static_cast<std::uint32_t>(key.size()), hash});
  }
  void upsert();
  // After upsert(), before any value is changed: touches all entries (TableSet::touch). Those that
  // are to be collected first: their places in the batch.
  std::span<const std::uint32_t> touch();

  std::size_t size() const { return probes_.size(); }
  // The value of each key, in the order of add(). Keys that come again have the same value.
  std::span<void* const> values() const { return values_; }
  // Whether key i was not there before and is not the same as an earlier one of the batch.
  bool is_new(std::size_t i) const { return probes_[i].is_new; }
  // The bytes of key i in its entry.
  std::string_view key(std::size_t i) const;
  // The key group of key i, of the job's.
  std::uint32_t group(std::size_t i) const {
    return probes_[i].set->groups().first +
           static_cast<std::uint32_t>(probes_[i].table - &probes_[i].set->table(0));
  }
  std::byte* entry(std::size_t i) const {
    return probes_[i].table->entry(probes_[i].set->layout(), probes_[i].number);
  }
  // Marks the entry of key i as if it had never been inserted.
  void take_back(std::size_t i);

 private:
  struct Probe {
    TableSet* set;
    Table* table;
    const char* key;
    std::uint32_t key_size;
    std::uint32_t hash;
    std::uint32_t number = 0;  // Of the likely entry, then of the entry.
    bool has_likely = false;
    bool is_new = false;
  };

  void find_or_insert(Probe& probe, std::string_view key);

  std::vector<Probe> probes_;
  std::vector<void*> values_;
  std::vector<std::uint32_t> overdue_;
};

}  // namespace weir
