// The manifest of a plugin file.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>

#include "base/result.h"
#include "plugin/description.h"

namespace weir {

// All of a file, which may not be larger than any plugin is. NotFound, Invalid, Unavailable.
Result<std::string> read_plugin_file(const std::filesystem::path& path);

// Reads the bytes of a plugin file, without running any of it. The result has passed
// check_description().
Result<PluginDescription> read_manifest_in(std::string_view file);

// Reads the JSON text of a manifest: its shape only.
Result<PluginDescription> parse_manifest(std::string_view json);

}  // namespace weir
