// Makes bundles: a plugin together with the shared libraries that only it uses.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "registry/host_side.h"

namespace weir {

struct PackRequest {
  std::filesystem::path plugin;
  std::vector<std::filesystem::path> library_folders;  // Before those that the files name.
  std::filesystem::path bundle;                        // A folder that is not there yet.
};

struct PackedLibrary {
  std::string needed;          // "libfoo.so.2"
  std::string name;            // "libfoo-0f3a…9c.so.2", in the bundle.
  std::filesystem::path from;  // Where it was found.
};

// Copies the plugin and, through all that they need, the libraries that the host does not give;
// gives each of these a name of its own, made of its content and of the names of what it needs, and
// has everybody ask for it by that name. For otherwise the loader takes the second library of one
// name for the first one. The same files make the same bundle. Runs patchelf. NotFound names a
// library that is nowhere; Invalid: the plugin needs none, or libraries need each other.
Result<std::vector<PackedLibrary>> pack_bundle(const PackRequest& request,
                                               const HostSide& host,
                                               const Clock& clock);

// Whether a private library's name says that it was packed: "libfoo-0123456789abcdef.so.2".
bool is_packed_name(std::string_view name);

}  // namespace weir
