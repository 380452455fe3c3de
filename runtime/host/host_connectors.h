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
#include "config/spec.h"
#include "connectors/connector.h"

namespace weir {

// Every connector that jobs may name. Used on one thread at a time.
class HostConnectors final {
 public:
  // `log` outlives the connectors.
  explicit HostConnectors(LogSink& log);

  // The host's own; those of plugins are found by their manifests.
  std::vector<const Connector*> own() const;

  // The connector `name` as a port of `job` means it; loads the plugin of a "plugin:NAME" the first
  // time. What it returns lives as long as this object.
  Result<const Connector*> find(const JobSpec& job, std::string_view name);

 private:
  Result<const Connector*> load(const std::filesystem::path& plugin, std::string_view name);

  LogSink& log_;
  SystemClock clock_;
  std::vector<std::unique_ptr<Connector>> own_;
  // By the file of their plugin and their name.
  std::map<std::pair<std::filesystem::path, std::string>, std::unique_ptr<Connector>> loaded_;
};

}  // namespace weir
