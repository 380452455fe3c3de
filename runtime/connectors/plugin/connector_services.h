#pragma once

#include <string>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "base/guarded.h"
#include "base/log.h"
#include "plugin/plugin.h"

namespace weir::plugin_port {

// What a connector of a plugin may ask the host for: its log and its clock. Counters are taken and
// kept to themselves; pools belong to jobs.
class ConnectorServices final : public PluginServices {
 public:
  ConnectorServices(const Log& log, const Clock& clock) : log_(log), clock_(clock) {}

  void log(std::uint32_t level, std::string_view message) override;
  std::uint32_t counter(std::string_view name, std::string_view doc) override;
  void add(std::uint32_t, std::uint64_t) override {}
  std::int64_t now() override;
  std::uint32_t open_pool(std::string_view) override { return UINT32_MAX; }
  void pool_contains(std::uint32_t,
                     const weir_text*,
                     std::uint32_t count,
                     std::uint8_t* found) override;

 private:
  Log log_;
  const Clock& clock_;
  Guarded<std::vector<std::string>> counters_;
};

}  // namespace weir::plugin_port
