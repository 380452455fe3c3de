#include "host/host_connectors.h"

#include "base/format.h"
#include "connectors/blackhole/blackhole.h"
#include "connectors/file/file.h"
#include "connectors/kafka/kafka.h"
#include "connectors/plugin/plugin_connector.h"
#include "connectors/stdout/stdout.h"
#include "registry/version_store.h"

namespace weir {
namespace {

constexpr std::string_view kOfPlugin = "plugin:";

}  // namespace

HostConnectors::HostConnectors(const Clock& clock, LogSink& log) : clock_(clock), log_(log) {
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

Result<const Connector*> HostConnectors::find(std::string_view name,
                                              const std::filesystem::path& plugin) {
  if (name.starts_with(kOfPlugin)) return load(plugin, name);
  for (const auto& connector : own_) {
    if (connector->name() == name) return connector.get();
  }
  return Error(ErrorKind::NotFound, format("no connector {}", name));
}

Result<const Connector*> HostConnectors::load(const std::filesystem::path& plugin,
                                              std::string_view name) {
  auto& loaded = loaded_[{plugin, std::string(name)}];
  if (loaded != nullptr) return loaded.get();
  TRY(auto library, load_library(plugin));
  const std::size_t slash = name.find('/');
  name.remove_prefix(slash == std::string_view::npos ? kOfPlugin.size() : slash + 1);
  TRY(loaded, make_plugin_connector(std::move(library), name, Log(log_, "connectors"), clock_));
  return loaded.get();
}

}  // namespace weir
