#pragma once

#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "base/log.h"
#include "base/result.h"
#include "connectors/connector.h"

namespace weir {

// Every connector that jobs may name. Used on one thread at a time.
class HostConnectors final {
 public:
  // Clock and log outlive the connectors.
  HostConnectors(const Clock& clock, LogSink& log);

  // The host's own; those of plugins are found by their manifests.
  std::vector<const Connector*> own() const;

  // By the name that ports give: "kafka", or "plugin:NAME", "plugin:PLUGIN/NAME" and the file of
  // the plugin that has it, which is loaded the first time. What it returns lives as long as this
  // object.
  Result<const Connector*> find(std::string_view name, const std::filesystem::path& plugin);

 private:
  Result<const Connector*> load(const std::filesystem::path& plugin, std::string_view name);

  const Clock& clock_;
  LogSink& log_;
  std::vector<std::unique_ptr<Connector>> own_;
  // By the file of their plugin and their name.
  std::map<std::pair<std::filesystem::path, std::string>, std::unique_ptr<Connector>> loaded_;
};

}  // namespace weir
