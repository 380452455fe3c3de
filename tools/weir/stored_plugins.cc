#include "stored_plugins.h"

#include <utility>

#include "config/version.h"
#include "registry/version_store.h"

namespace weir {

const std::vector<StoredVersion>& StoredPlugins::versions_in(const std::filesystem::path& store) {
  const auto known = read_.find(store);
  if (known != read_.end()) return known->second;
  auto contents = VersionStore(store).read();
  auto versions = contents ? std::move(contents->versions) : std::vector<StoredVersion>();
  return read_.emplace(store, std::move(versions)).first->second;
}

std::optional<std::filesystem::path> StoredPlugins::find(const PluginWish& wish) {
  const auto constraint = VersionConstraint::parse(wish.version);
  if (!constraint) return std::nullopt;
  const auto* newest = newest_version(versions_in(wish.store), wish.plugin, *constraint);
  return newest ? std::optional(newest->library()) : std::nullopt;
}

std::vector<std::filesystem::path> StoredPlugins::newest_folders(
    const std::filesystem::path& store) {
  // Before a release, only its drafts are there.
  std::map<std::string, std::filesystem::path> folders;
  const auto released = VersionConstraint::parse(">=0");
  for (const StoredVersion& each : versions_in(store)) {
    const auto* newest = newest_version(versions_in(store), each.plugin, *released);
    folders[each.plugin] = newest ? newest->folder : each.folder;
  }
  std::vector<std::filesystem::path> found;
  for (auto& [plugin, folder] : folders)
    found.push_back(std::move(folder));
  return found;
}

}  // namespace weir
