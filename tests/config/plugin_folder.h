// A folder of plugin files whose contents do not matter: what they say about themselves is given.
#pragma once

#include <filesystem>
#include <map>
#include <string>

#include "config/load.h"

namespace weir {

// Removed with everything in it when the object goes.
class PluginFolder final {
 public:
  PluginFolder();
  ~PluginFolder();
  PluginFolder(const PluginFolder&) = delete;
  PluginFolder& operator=(const PluginFolder&) = delete;

  const std::filesystem::path& path() const { return path_; }
  void add_plugin(const std::string& file_name, PluginDescription description);
  void add_broken_plugin(const std::string& file_name);
  void write(const std::string& file_name, const std::string& content) const;

  // Knows the folder's plugins, known_connectors(), and the variables of set().
  LoadPorts ports() const;
  void set(const std::string& variable, const std::string& value) { variables_[variable] = value; }

 private:
  std::filesystem::path path_;
  std::map<std::string, PluginDescription> plugins_;  // By file name.
  std::map<std::string, std::string> variables_;
  std::vector<std::unique_ptr<Connector>> connectors_;
};

}  // namespace weir
