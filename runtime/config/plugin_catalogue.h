// Which plugins there are, by what their files say about themselves.
#pragma once

#include <filesystem>
#include <functional>
#include <map>
#include <memory>
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

// Looks through folders for lib<NAME>.so and <NAME>.so; the first folder wins, and `stored`, those
// of versions in a store, come before the others. Reads each file once. Used by one thread.
class PluginCatalogue final {
 public:
  PluginCatalogue(std::vector<std::filesystem::path> folders,
                  ManifestReader read_manifest,
                  const std::vector<std::filesystem::path>& stored = {});

  // NotFound when there is no such file; otherwise the error tells why the file is no good.
  Result<FoundPlugin> find(std::string_view name);
  // The plugin in a file, wherever it lies. Each file is read once.
  Result<FoundPlugin> read(const std::filesystem::path& path);
  // "libenter.so" and "enter.so", in any folder, hold the plugin "enter"; empty: not a file of a
  // plugin.
  static std::string name_of(const std::filesystem::path& file);
  // Where it looks: "a folder of host.plugin_path", or the folders; "or the store" behind it.
  std::string place() const;
  // By the names of the files.
  std::vector<std::string> names() const;

  struct FoundConnector {
    FoundPlugin plugin;
    const ConnectorDescription* description;  // Lives as long as the plugin's.
  };
  // What "NAME" or "PLUGIN/NAME" may mean: more than one when several plugins have a connector of
  // that name. Reads every file in the folders; files that are no plugins are passed over.
  std::vector<FoundConnector> find_connectors(PortDirection direction, std::string_view name);
  // "NAME" where one plugin has it, else (and always `with_plugin`) "PLUGIN/NAME".
  std::vector<std::string> connector_names(PortDirection direction, bool with_plugin);

 private:
  void add_folder(const std::filesystem::path& folder);
  void scan();

  std::vector<std::filesystem::path> folders_;
  std::map<std::string, std::filesystem::path, std::less<>> files_;  // By name of the plugin.
  ManifestReader read_manifest_;
  std::map<std::filesystem::path, Result<FoundPlugin>> read_;
  std::vector<FoundPlugin> scanned_;
  bool is_scanned_ = false;
  bool has_stored_ = false;
};

}  // namespace weir
