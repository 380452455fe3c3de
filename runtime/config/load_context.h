// What the readers of the sections of a jobs file share. Inside this folder only.
#pragma once

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "config/load.h"
#include "config/mistake.h"
#include "config/plugin_catalogue.h"
#include "config/secrets.h"
#include "config/table_reader.h"
#include "connectors/connector.h"

namespace weir {

// Where something of a cluster stands, for mistakes that only a connector can find.
struct ClusterKey {
  TextPosition position;
  std::string path;     // As shown: names with dots in quotes.
  std::string written;  // Before secrets were put in.
};

// A sink that is to take part in its job's transaction.
struct TransactionalPort {
  const Connector* connector;
  PortRequest request;
  TextPosition position;  // Of its table.
  std::string path;
};

struct LoadContext {
  const LoadPorts& ports;
  std::filesystem::path folder;  // Of the jobs file, absolute.
  std::filesystem::path store;   // Of [host].
  PluginCatalogue plugins;
  Secrets& secrets;
  Mistakes& mistakes;
  std::map<std::string, ClusterSpec, std::less<>> clusters;
  std::map<std::string, ClusterKey, std::less<>> cluster_keys;  // "kafka.main.properties.linger.ms"
  std::vector<TransactionalPort> transactional = {};            // Of the job that is being read.
};

// Lower-case letters, digits and '-', at most 100: fit for names of groups, metrics and addresses.
bool is_plain_name(std::string_view name);

// `written` with its secrets; nothing after adding a mistake for `key`.
std::optional<std::string> resolve_secrets(const std::string& written,
                                           std::string_view key,
                                           TableReader& reader,
                                           LoadContext& context);

}  // namespace weir
