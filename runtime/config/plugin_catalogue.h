// Which plugins there are, by what their files say about themselves.
#pragma once

#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "plugin/description.h"

namespace weir {

// Reads what a plugin file says about itself without running any of it.
using ManifestReader = std::function<Result<PluginDescription>(const std::filesystem::path&)>;

struct FoundPlugin {
  std::filesystem::path path;  // Absolute.
  std::shared_ptr<const PluginDescription> description;
};

enum class PortDirection : std::uint8_t { In, Out };

// Looks through folders for lib<NAME>.so and <NAME>.so; the first folder wins. Reads each file
// once. Used by one thread.
class PluginCatalogue final {
 public:
  PluginCatalogue(std::vector<std::filesystem::path> folders, ManifestReader read_manifest);

  // NotFound when there is no such file; otherwise the error tells why the file is no good.
  Result<FoundPlugin> find(std::string_view name);
  // By the names of the files.
  std::vector<std::string> names() const;

  struct FoundConnector {
    FoundPlugin plugin;
    const ConnectorDescription* description;  // Lives as long as the plugin's.
  };
  // Reads every file in the folders; files that are no plugins are passed over.
  std::optional<FoundConnector> find_connector(PortDirection direction, std::string_view name);
  std::vector<std::string> connector_names(PortDirection direction);

 private:
  Result<FoundPlugin> read(const std::filesystem::path& path);
  void scan();

  std::map<std::string, std::filesystem::path, std::less<>> files_;  // By name of the plugin.
  ManifestReader read_manifest_;
  std::map<std::filesystem::path, Result<FoundPlugin>> read_;
  std::vector<FoundPlugin> scanned_;
  bool is_scanned_ = false;
};

}  // namespace weir
