// From jobs.toml to what it asks for, or to everything that is wrong with it.
#pragma once

#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "config/mistake.h"
#include "config/plugin_catalogue.h"
#include "config/secrets.h"
#include "config/spec.h"
#include "connectors/connector.h"

namespace weir {

// Whose plugin is looked for: the job's name, and what it says about plugin and version.
struct PluginWish {
  std::string_view job;
  std::string_view plugin;
  std::string_view version;          // Empty: any.
  std::filesystem::path store = {};  // Of [host].
};

// What a jobs file is checked against. All of it outlives the call.
struct LoadPorts {
  ManifestReader read_manifest;
  std::vector<const Connector*> connectors;  // The host's own; "plugin:NAME" comes from manifests.
  Environment environment;                   // For "${env:NAME}".
  std::vector<std::filesystem::path> plugin_folders;  // Searched after those the file names.
  // The file for a wish where a lock or a store decides; nothing: the folders do. May be empty.
  std::function<std::optional<std::filesystem::path>(const PluginWish& wish)> find_version = {};
  // The folders of the newest versions in a store; they come before all others. May be empty.
  std::function<std::vector<std::filesystem::path>(const std::filesystem::path& store)>
      stored_folders = {};
};

struct LoadedJobs {
  JobsFile jobs;                  // Whole and checked, but only when there are no mistakes.
  std::vector<Mistake> mistakes;  // All of them, in the order of the file.
  Secrets secrets;                // Every secret in `jobs`, to keep them out of logs.
};

// Reads a file; a file that cannot be read is a mistake too. Runs nothing of any plugin.
LoadedJobs load_jobs(const std::filesystem::path& path, const LoadPorts& ports);

// The same for a text; `path` names it in messages, and relative paths in it start at its folder.
LoadedJobs load_jobs_text(std::string_view text,
                          const std::filesystem::path& path,
                          const LoadPorts& ports);

}  // namespace weir
