#include "config/plugin_catalogue.h"

#include <algorithm>
#include <utility>

#include "base/format.h"

namespace weir {
namespace {

// Folders with more files than this are not folders of plugins.
constexpr std::size_t kFilesMax = 10'000;

// "libenter.so" and "enter.so" hold the plugin "enter"; empty: not a plugin's file name.
std::string plugin_name(const std::filesystem::path& file) {
  if (file.extension() != ".so") return {};
  std::string stem = file.stem().string();
  if (stem.starts_with("lib")) stem.erase(0, 3);
  return stem;
}

const std::vector<ConnectorDescription>& connectors_of(const PluginDescription& plugin,
                                                       PortDirection direction) {
  return direction == PortDirection::In ? plugin.source_connectors : plugin.sink_connectors;
}

std::vector<std::filesystem::path> files_in(const std::filesystem::path& folder) {
  std::vector<std::filesystem::path> files;
  std::error_code problem;
  auto file = std::filesystem::directory_iterator(folder, problem);
  while (!problem && file != std::filesystem::directory_iterator() && files.size() < kFilesMax) {
    files.push_back(file->path());
    file.increment(problem);
  }
  std::sort(files.begin(), files.end(), std::greater<>());  // "libx.so" before "x.so".
  return files;
}

}  // namespace

PluginCatalogue::PluginCatalogue(std::vector<std::filesystem::path> folders,
                                 ManifestReader read_manifest)
    : read_manifest_(std::move(read_manifest)) {
  for (const std::filesystem::path& folder : folders) {
    std::map<std::string, std::filesystem::path, std::less<>> found;
    for (const std::filesystem::path& file : files_in(folder)) {
      const std::string name = plugin_name(file);
      if (name.empty()) continue;
      const bool has_prefix = file.filename().string().starts_with("lib");
      if (has_prefix || !found.contains(name)) found[name] = std::filesystem::absolute(file);
    }
    files_.merge(found);
  }
}

Result<FoundPlugin> PluginCatalogue::read(const std::filesystem::path& path) {
  const auto known = read_.find(path);
  if (known != read_.end()) return known->second;
  // The file is there: whatever is not found is inside it.
  const auto describe = [&]() -> Result<FoundPlugin> {
    auto description = read_manifest_(path);
    if (!description) return Error(ErrorKind::Incompatible, description.error().message());
    return FoundPlugin{path, std::make_shared<const PluginDescription>(*std::move(description))};
  };
  return read_.emplace(path, describe()).first->second;
}

Result<FoundPlugin> PluginCatalogue::find(std::string_view name) {
  const auto file = files_.find(name);
  if (file == files_.end()) {
    return Error(ErrorKind::NotFound, format("no file lib{}.so or {}.so", name, name));
  }
  return read(file->second);
}

std::vector<std::string> PluginCatalogue::names() const {
  std::vector<std::string> names;
  for (const auto& [name, path] : files_)
    names.push_back(name);
  return names;
}

void PluginCatalogue::scan() {
  if (std::exchange(is_scanned_, true)) return;
  for (const auto& [name, path] : files_) {
    if (auto plugin = read(path)) scanned_.push_back(*plugin);
  }
}

std::optional<PluginCatalogue::FoundConnector> PluginCatalogue::find_connector(
    PortDirection direction, std::string_view name) {
  scan();
  for (const FoundPlugin& plugin : scanned_) {
    for (const ConnectorDescription& connector : connectors_of(*plugin.description, direction)) {
      if (connector.name == name) return FoundConnector{plugin, &connector};
    }
  }
  return std::nullopt;
}

std::vector<std::string> PluginCatalogue::connector_names(PortDirection direction) {
  scan();
  std::vector<std::string> names;
  for (const FoundPlugin& plugin : scanned_) {
    for (const ConnectorDescription& connector : connectors_of(*plugin.description, direction)) {
      names.push_back(connector.name);
    }
  }
  return names;
}

}  // namespace weir
