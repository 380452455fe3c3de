#include "state/table_set.h"

#include <algorithm>

#include "base/check.h"

namespace weir {

TableSet::TableSet(const TableLayout& layout,
                   KeyGroupRange groups,
                   LongKeys long_keys,
                   StateSize& total)
    : layout_(&layout),
      groups_(groups),
      long_keys_(long_keys),
      tables_(std::make_unique<Table[]>(groups.count)),
      total_(&total) {
  count_bytes(0, sizeof(TableSet) + groups_.count * sizeof(Table));
}

TableSet::~TableSet() {
  total_->keys -= size_.keys;
  total_->bytes -= size_.bytes;
}

std::uint32_t TableSet::upsert(Table& table, std::uint32_t hash, std::string_view key) {
  if (const auto number = table.find(*layout_, hash, key)) return *number;
  return insert(table, hash, key);
}

std::uint32_t TableSet::insert(Table& table, std::uint32_t hash, std::string_view key) {
  if (long_keys_ == LongKeys::Copied && !layout_->is_inline(key)) {
    char* place = static_cast<char*>(allocate(key.size(), 1));
    std::ranges::copy(key, place);
    key = {place, key.size()};
  }
  const std::size_t before = table.bytes(*layout_);
  const std::uint32_t number = table.insert(*layout_, hash, key);
  count_bytes(before, table.bytes(*layout_));
  ++size_.keys;
  ++total_->keys;
  return number;
}

void* TableSet::allocate(std::size_t size, std::size_t alignment) {
  const std::size_t before = arena_.bytes();
  void* place = arena_.allocate(size, alignment);
  if (arena_.bytes() != before) count_bytes(before, arena_.bytes());
  return place;
}

void TableSet::count_bytes(std::size_t before, std::size_t after) {
  size_.bytes += after - before;
  total_->bytes += after - before;
}

void TableSet::assign(Table& table, const Table& from) {
  CHECK(table.empty(), "what it holds would stay counted");
  const std::size_t before = table.bytes(*layout_);
  table.assign(*layout_, from);
  count_bytes(before, table.bytes(*layout_));
  size_.keys += table.live_count();
  total_->keys += table.live_count();
}

void TableSet::take_back(Table& table, std::uint32_t number) {
  table.take_back(*layout_, number);
  --size_.keys;
  --total_->keys;
}

void TableSet::clear(Table& table) {
  if (table.empty()) return;
  size_.keys -= table.live_count();
  total_->keys -= table.live_count();
  table.clear();
}

void TableSet::clear() {
  for (std::uint32_t index = 0; index < groups_.count; ++index) {
    if (!tables_[index].empty()) tables_[index].clear();
  }
  total_->keys -= size_.keys;
  size_.keys = 0;
  arena_.clear();
  changes_.clear();
}

bool TableSet::is_well_filled() const {
  const std::size_t fixed = sizeof(TableSet) + groups_.count * sizeof(Table);
  const std::size_t used = fixed + size_.keys * layout_->stride() + arena_.bytes_used();
  return used >= size_.bytes / 4;
}

void TableBatch::upsert() {
  values_.resize(probes_.size());
  if (probes_.empty()) return;
  const TableLayout& layout = probes_.front().set->layout();
  for (Probe& probe : probes_) {
    const auto likely = probe.table->find_likely(probe.hash);
    probe.has_likely = likely.has_value();
    if (!likely) continue;
    probe.number = *likely;
    probe.table->prefetch_entry(layout, *likely);
  }
  // In the order of the batch, so that the order of entries does not depend on how rows are
  // batched.
  for (Probe& probe : probes_) {
    const std::string_view key(probe.key, probe.key_size);
    if (probe.has_likely && layout.has_key(probe.table->entry(layout, probe.number), key)) continue;
    find_or_insert(probe, key);
  }
  for (std::size_t i = 0; i < probes_.size(); ++i)
    values_[i] = layout.value(probes_[i].table->entry(layout, probes_[i].number));
}

std::span<const std::uint32_t> TableBatch::touch() {
  overdue_.clear();
  for (std::uint32_t i = 0; i < probes_.size(); ++i) {
    if (probes_[i].set->touch(*probes_[i].table, probes_[i].number)) overdue_.push_back(i);
  }
  return overdue_;
}

void TableBatch::find_or_insert(Probe& probe, std::string_view key) {
  const auto number = probe.table->find(probe.set->layout(), probe.hash, key);
  probe.number = number ? *number : probe.set->insert(*probe.table, probe.hash, key);
  probe.is_new = !number;
}

std::string_view TableBatch::key(std::size_t i) const {
  const TableLayout& layout = probes_[i].set->layout();
  return layout.key(probes_[i].table->entry(layout, probes_[i].number));
}

void TableBatch::take_back(std::size_t i) {
  probes_[i].set->take_back(*probes_[i].table, probes_[i].number);
}

}  // namespace weir
