// What the loader of the system did, as opposed to what it was to do.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "base/result.h"
#include "registry/stored_version.h"

namespace weir {

struct BoundLibrary {
  std::string name;            // By which it is needed.
  std::filesystem::path path;  // The file that was mapped.
  std::string build_id;        // As it stands in memory, in hex.
};

// The version's own library and the private ones of its bundle, as this process has them mapped.
// NotFound when one of them is not.
Result<std::vector<BoundLibrary>> bound_libraries(const StoredVersion& version);

// Whether that is exactly what the version holds. Without a word, the loader binds a library to
// one of the same name that is there already.
Status check_bound_libraries(const StoredVersion& version);

}  // namespace weir
