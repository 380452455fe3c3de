#include "connectors/plugin/plugin_source.h"

#include <algorithm>
#include <utility>

#include "base/format.h"
#include "connectors/plugin/plugin_reader.h"
#include "connectors/plugin/table_rules.h"
#include "plugin/control_call.h"
#include "plugin/table_sizes.h"

namespace weir::plugin_port {

Result<std::shared_ptr<SourceInstance>> SourceInstance::take(weir_source_instance* table,
                                                             bool has_own_threads,
                                                             std::string label,
                                                             std::shared_ptr<const void> owner) {
  if (auto checked = check_source(table); !checked) {
    control_call([&] { discard(table); });
    return std::move(checked).error();
  }
  const std::shared_ptr<SourceInstance> instance(
      new SourceInstance(table, has_own_threads, std::move(label), std::move(owner)));
  TRY(instance->splits_, split_names(*table));
  return instance;
}

SourceInstance::SourceInstance(weir_source_instance* table,
                               bool has_own_threads,
                               std::string label,
                               std::shared_ptr<const void> owner)
    : owner_(std::move(owner)),
      table_(table),
      has_own_threads_(has_own_threads),
      label_(std::move(label)) {}

SourceInstance::~SourceInstance() {
  control_call([this] {
    if (has_own_threads_ && table_->quiesce != nullptr) table_->quiesce(table_->self);
    table_->destroy(table_->self);
  });
}

PluginSource::PluginSource(std::shared_ptr<SourceInstance> instance,
                           std::shared_ptr<const NamedCounts> counters)
    : instance_(std::move(instance)), counters_(std::move(counters)) {}

Result<std::vector<std::unique_ptr<SourceReader>>> PluginSource::open_readers(
    std::size_t count, std::span<const SplitPosition> restored) {
  std::vector<std::unique_ptr<PluginReader>> readers;
  for (std::size_t i = 0; i < count; ++i) {
    readers.push_back(std::make_unique<PluginReader>(instance_));
  }
  const auto& splits = instance_->splits();
  for (std::uint32_t i = 0; i < splits.size(); ++i) {
    const auto found =
        std::find_if(restored.begin(), restored.end(), [&](const SplitPosition& position) {
          return position.split == splits[i];
        });
    const std::int64_t position = found == restored.end() ? -1 : found->position;
    TRY_DO(readers[i % count]->open(i, position));
  }
  return std::vector<std::unique_ptr<SourceReader>>(std::make_move_iterator(readers.begin()),
                                                    std::make_move_iterator(readers.end()));
}

}  // namespace weir::plugin_port
