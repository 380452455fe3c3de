#pragma once

#include <memory>
#include <string>
#include <vector>

#include <weir/abi.h>

#include "connectors/source.h"

namespace weir::plugin_port {

// An instance of a source connector, with what must live as long. Made and destroyed on the control
// thread.
class SourceInstance final {
 public:
  // `owner` keeps library and host tables; `label` is how messages name the connector.
  static Result<std::shared_ptr<SourceInstance>> take(weir_source_instance* table,
                                                      bool has_own_threads,
                                                      std::string label,
                                                      std::shared_ptr<const void> owner);
  ~SourceInstance();
  SourceInstance(const SourceInstance&) = delete;
  SourceInstance& operator=(const SourceInstance&) = delete;

  const weir_source_instance& table() const { return *table_; }
  const std::vector<std::string>& splits() const { return splits_; }
  const std::string& label() const { return label_; }

 private:
  SourceInstance(weir_source_instance* table,
                 bool has_own_threads,
                 std::string label,
                 std::shared_ptr<const void> owner);

  std::shared_ptr<const void> owner_;
  weir_source_instance* table_;
  bool has_own_threads_;
  std::string label_;
  std::vector<std::string> splits_;
};

// A source connector of a plugin as a source. Its splits go round its readers; there is nowhere to
// commit to.
class PluginSource final : public Source {
 public:
  PluginSource(std::shared_ptr<SourceInstance> instance,
               std::shared_ptr<const NamedCounts> counters);

  Result<std::vector<std::unique_ptr<SourceReader>>> open_readers(
      std::size_t count, std::span<const SplitPosition> restored) override;
  Status commit(std::span<const SplitPosition>) override { return Done{}; }
  std::vector<NamedCount> counters() const override { return counters_->read(); }

 private:
  std::shared_ptr<SourceInstance> instance_;
  std::shared_ptr<const NamedCounts> counters_;
};

}  // namespace weir::plugin_port
