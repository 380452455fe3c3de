#include "host/host_connectors.h"

#include "base/format.h"

namespace weir {

HostConnectors::HostConnectors(LogSink&) {}

std::vector<const Connector*> HostConnectors::own() const {
  std::vector<const Connector*> connectors;
  for (const auto& connector : own_)
    connectors.push_back(connector.get());
  return connectors;
}

Result<const Connector*> HostConnectors::find(const JobSpec&, std::string_view name) {
  for (const auto& connector : own_) {
    if (connector->name() == name) return connector.get();
  }
  return Error(ErrorKind::NotFound, format("no connector {}", name));
}

}  // namespace weir
