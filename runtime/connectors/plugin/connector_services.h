#pragma once

#include <memory>
#include <utility>

#include "base/clock.h"
#include "base/log.h"
#include "base/named_counts.h"
#include "plugin/plugin.h"

namespace weir::plugin_port {

// What a connector of a plugin may ask the host for: its log, its clock, and counters, which all
// instances of one port share. Pools belong to jobs.
class ConnectorServices final : public PluginServices {
 public:
  ConnectorServices(const Log& log, const Clock& clock, std::shared_ptr<NamedCounts> counters)
      : log_(log), clock_(clock), counters_(std::move(counters)) {}

  void log(LogLevel level, std::string_view message) override;
  std::uint32_t counter(std::string_view name, std::string_view doc) override;
  void add(std::uint32_t counter, std::uint64_t amount) override;
  std::int64_t now() override;
  std::uint32_t open_pool(std::string_view) override { return UINT32_MAX; }
  void pool_contains(std::uint32_t,
                     const weir_text*,
                     std::uint32_t count,
                     std::uint8_t* found) override;

 private:
  Log log_;
  const Clock& clock_;
  std::shared_ptr<NamedCounts> counters_;
};

}  // namespace weir::plugin_port
