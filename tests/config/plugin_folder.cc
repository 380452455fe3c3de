#include "config/plugin_folder.h"

#include <cstdlib>
#include <fstream>
#include <utility>

#include "base/check.h"
#include "config/known_plugins.h"

namespace weir {

PluginFolder::PluginFolder() : connectors_(known_connectors()) {
  std::string pattern = (std::filesystem::temp_directory_path() / "weir-config-XXXXXX").string();
  CHECK(mkdtemp(pattern.data()) != nullptr);
  path_ = pattern;
}

PluginFolder::~PluginFolder() {
  std::error_code problem;
  std::filesystem::remove_all(path_, problem);
}

void PluginFolder::write(const std::string& file_name, const std::string& content) const {
  std::filesystem::create_directories((path_ / file_name).parent_path());
  std::ofstream(path_ / file_name) << content;
}

void PluginFolder::add_plugin(const std::string& file_name, PluginDescription description) {
  write(file_name, "");
  plugins_[file_name] = std::move(description);
}

void PluginFolder::add_broken_plugin(const std::string& file_name) {
  write(file_name, "");
}

LoadPorts PluginFolder::ports() const {
  LoadPorts ports;
  ports.read_manifest =
      [plugins = plugins_](const std::filesystem::path& path) -> Result<PluginDescription> {
    const auto plugin = plugins.find(path.filename().string());
    if (plugin == plugins.end()) return Error(ErrorKind::Corrupt, "no manifest section");
    return plugin->second;
  };
  for (const auto& connector : connectors_)
    ports.connectors.push_back(connector.get());
  ports.environment = [variables = variables_](const std::string& name) {
    const auto variable = variables.find(name);
    return variable == variables.end() ? std::nullopt : std::optional(variable->second);
  };
  ports.plugin_folders = {path_};
  return ports;
}

}  // namespace weir
