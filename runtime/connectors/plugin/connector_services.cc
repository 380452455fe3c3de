#include "connectors/plugin/connector_services.h"

#include <algorithm>

namespace weir::plugin_port {

void ConnectorServices::log(LogLevel level, std::string_view message) {
  log_.write(level, message);
}

std::uint32_t ConnectorServices::counter(std::string_view name, std::string_view doc) {
  return counters_->find_or_make(name, doc);
}

void ConnectorServices::add(std::uint32_t counter, std::uint64_t amount) {
  counters_->add(counter, amount);
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
