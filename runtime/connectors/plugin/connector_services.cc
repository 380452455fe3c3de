#include "connectors/plugin/connector_services.h"

#include <algorithm>

namespace weir::plugin_port {
namespace {

LogLevel level_of(std::uint32_t level) {
  switch (level) {
    case WEIR_LOG_DEBUG: return LogLevel::Debug;
    case WEIR_LOG_INFO: return LogLevel::Info;
    case WEIR_LOG_WARN: return LogLevel::Warning;
    default: return LogLevel::Error;
  }
}

}  // namespace

void ConnectorServices::log(std::uint32_t level, std::string_view message) {
  log_.write(level_of(level), message);
}

std::uint32_t ConnectorServices::counter(std::string_view name, std::string_view) {
  return counters_.with([&](std::vector<std::string>& counters) {
    const auto found = std::find(counters.begin(), counters.end(), name);
    const auto index = static_cast<std::uint32_t>(found - counters.begin());
    if (found == counters.end()) counters.emplace_back(name);
    return index;
  });
}

std::int64_t ConnectorServices::now() {
  return clock_.wall_now().time_since_epoch().count();
}

void ConnectorServices::pool_contains(std::uint32_t,
                                      const weir_text*,
                                      std::uint32_t count,
                                      std::uint8_t* found) {
  std::fill_n(found, count, std::uint8_t{0});
}

}  // namespace weir::plugin_port
