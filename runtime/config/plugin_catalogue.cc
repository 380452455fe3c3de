#include "config/plugin_catalogue.h"

#include <algorithm>
#include <utility>

#include "base/format.h"

namespace weir {
namespace {

// Folders with more files than this are not folders of plugins.
constexpr std::size_t kFilesMax = 10'000;

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
                                 ManifestReader read_manifest,
                                 const std::vector<std::filesystem::path>& stored)
    : folders_(std::move(folders)),
      read_manifest_(std::move(read_manifest)),
      has_stored_(!stored.empty()) {
  for (const std::filesystem::path& folder : stored)
    add_folder(folder);
  for (const std::filesystem::path& folder : folders_)
    add_folder(folder);
}

void PluginCatalogue::add_folder(const std::filesystem::path& folder) {
  std::map<std::string, std::filesystem::path, std::less<>> found;
  for (const std::filesystem::path& file : files_in(folder)) {
    const std::string name = name_of(file);
    if (name.empty()) continue;
    const bool has_prefix = file.filename().string().starts_with("lib");
    if (has_prefix || !found.contains(name)) found[name] = std::filesystem::absolute(file);
  }
  files_.merge(found);
}

std::string PluginCatalogue::name_of(const std::filesystem::path& file) {
  if (file.extension() != ".so") return {};
  std::string stem = file.stem().string();
  if (stem.starts_with("lib")) stem.erase(0, 3);
  return stem;
}

std::string PluginCatalogue::place() const {
  if (folders_.empty() && !has_stored_) return "a folder of host.plugin_path";
  std::string text;
  for (const std::filesystem::path& folder : folders_) {
    text += format("{}{}", text.empty() ? "" : " or ", folder.lexically_normal().string());
    std::error_code problem;
    if (!std::filesystem::is_directory(folder, problem)) text += " (no such folder)";
  }
  if (has_stored_) text += text.empty() ? "the store" : " or the store";
  return text;
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
    const auto plugin = read(path);
    if (plugin && plugin->description->name == name) scanned_.push_back(*plugin);
  }
}

std::vector<PluginCatalogue::FoundConnector> PluginCatalogue::find_connectors(
    PortDirection direction, std::string_view name) {
  scan();
  const std::size_t slash = name.find('/');
  const bool has_plugin = slash != std::string_view::npos;
  const std::string_view wanted = has_plugin ? name.substr(slash + 1) : name;
  std::vector<FoundConnector> found;
  for (const FoundPlugin& plugin : scanned_) {
    if (has_plugin && plugin.description->name != name.substr(0, slash)) continue;
    for (const ConnectorDescription& connector : connectors_of(*plugin.description, direction)) {
      if (connector.name == wanted) found.push_back({plugin, &connector});
    }
  }
  return found;
}

std::vector<std::string> PluginCatalogue::connector_names(PortDirection direction,
                                                          bool with_plugin) {
  scan();
  std::vector<std::string> names;
  for (const FoundPlugin& plugin : scanned_) {
    for (const ConnectorDescription& connector : connectors_of(*plugin.description, direction)) {
      const bool is_clear = !with_plugin && find_connectors(direction, connector.name).size() == 1;
      names.push_back(is_clear ? connector.name
                               : format("{}/{}", plugin.description->name, connector.name));
    }
  }
  return names;
}

}  // namespace weir
