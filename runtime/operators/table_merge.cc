#include "operators/table_merge.h"

#include <algorithm>
#include <cstring>

#include "model/row_batch.h"
#include "operators/plugin_call.h"

namespace weir {

Status TableMerge::merge(TableSet& set, Table& into, const Table& from) {
  if (into.empty()) {
    set.assign(into, from);
    return Done{};
  }
  const TableLayout& layout = set.layout();
  for (std::uint32_t first = 0; first < from.size(); first += kBatchRows) {
    const auto end = std::min<std::uint32_t>(from.size(), first + kBatchRows);
    for (std::uint32_t number = first; number < end; ++number) {
      const std::byte* entry = from.entry(layout, number);
      if (TableLayout::is_live(entry)) add(set, into, entry);
    }
    TRY_DO(run(layout.value_size()));
  }
  return Done{};
}

Status TableMerge::merge_entry(TableSet& set,
                               Table& into,
                               const Table& from,
                               std::uint32_t number) {
  add(set, into, from.entry(set.layout(), number));
  return run(set.layout().value_size());
}

void TableMerge::add(TableSet& set, Table& into, const std::byte* entry) {
  const TableLayout& layout = set.layout();
  batch_.add(set, into, TableLayout::hash(entry), layout.key(entry));
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
