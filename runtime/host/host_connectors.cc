#include "host/host_connectors.h"

#include "base/format.h"
#include "connectors/blackhole/blackhole.h"
#include "connectors/file/file.h"
#include "connectors/kafka/kafka.h"
#include "connectors/stdout/stdout.h"

namespace weir {

HostConnectors::HostConnectors(LogSink& log) {
  own_.push_back(make_kafka_connector(Log(log, "kafka")));
  own_.push_back(make_file_connector(clock_));
  own_.push_back(make_stdout_connector());
  own_.push_back(make_blackhole_connector());
}

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
