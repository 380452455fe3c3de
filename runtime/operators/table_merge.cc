#include "operators/table_merge.h"

#include <cstring>

#include "model/row_batch.h"
#include "operators/plugin_call.h"

namespace weir {
namespace {

// Tables of few keys are scattered: the entries of so many are asked for beforehand.
constexpr std::uint32_t kTablesAhead = 4;

}  // namespace

Status TableMerge::merge(TableSet& into,
                         std::uint32_t first,
                         const TableSet& from,
                         TableRange range) {
  for (std::uint32_t i = 0; i < range.count; ++i) {
    if (i + kTablesAhead < range.count)
      from.table(range.first + i + kTablesAhead).prefetch_entries(into.layout());
    const Table& source = from.table(range.first + i);
    if (source.empty()) continue;
    Table& table = into.table(first + i);
    if (table.empty()) {
      into.assign(table, source);
    } else {
      TRY_DO(add_all(into, table, source));
    }
  }
  return run(into.layout().value_size());
}

Status TableMerge::merge_entry(TableSet& into,
                               Table& table,
                               const Table& from,
                               std::uint32_t number) {
  add(into, table, from.entry(into.layout(), number));
  return run(into.layout().value_size());
}

Status TableMerge::add_all(TableSet& into, Table& table, const Table& from) {
  const TableLayout& layout = into.layout();
  for (std::uint32_t number = 0; number < from.size(); ++number) {
    const std::byte* entry = from.entry(layout, number);
    if (!TableLayout::is_live(entry)) continue;
    add(into, table, entry);
    if (batch_.size() == kBatchRows) TRY_DO(run(layout.value_size()));
  }
  return Done{};
}

void TableMerge::add(TableSet& into, Table& table, const std::byte* entry) {
  const TableLayout& layout = into.layout();
  batch_.add(into, table, TableLayout::hash(entry), layout.key(entry));
  from_.push_back(layout.value(entry));
}

// A key that is new on this side is copied: nobody promised that a fresh accumulator changes
// nothing.
Status TableMerge::run(std::size_t value_size) {
  batch_.upsert();
  shared_into_.clear();
  shared_from_.clear();
  for (std::size_t i = 0; i < batch_.size(); ++i) {
    if (batch_.is_new(i)) {
      std::memcpy(batch_.values()[i], from_[i], value_size);
    } else {
      shared_into_.push_back(batch_.values()[i]);
      shared_from_.push_back(from_[i]);
    }
  }
  batch_.clear();
  from_.clear();
  if (shared_into_.empty()) return Done{};
  PluginCall call("merge", shared_into_.size());
  TRY_DO(call.finish(functions_->merge(
      functions_->self, call.count(), shared_into_.data(), shared_from_.data(), call.error())));
  if (call.refused()) return Error(ErrorKind::Plugin, "merge: " + std::string(call.reason()));
  return Done{};
}

}  // namespace weir
