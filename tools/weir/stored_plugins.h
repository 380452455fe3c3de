#pragma once

#include <filesystem>
#include <map>
#include <optional>
#include <vector>

#include "config/load.h"
#include "registry/stored_version.h"

namespace weir {

// What jobs find in stores, as the ports of a jobs file ask for it. Reads each store once; one that
// cannot be read has nothing. Used by one thread.
class StoredPlugins final {
 public:
  // The library of the newest version that fits; nothing when none does, or any would.
  std::optional<std::filesystem::path> find(const PluginWish& wish);

  // The folders of the newest version of each plugin.
  std::vector<std::filesystem::path> newest_folders(const std::filesystem::path& store);

 private:
  const std::vector<StoredVersion>& versions_in(const std::filesystem::path& store);

  std::map<std::filesystem::path, std::vector<StoredVersion>> read_;
};

}  // namespace weir
