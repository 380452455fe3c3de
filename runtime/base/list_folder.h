#pragma once

#include <filesystem>
#include <vector>

#include "base/result.h"

namespace weir {

// Everything that lies in a folder, sorted by name. NotFound: there is no such folder; Unavailable:
// it could not be read, or not to its end.
Result<std::vector<std::filesystem::path>> list_folder(const std::filesystem::path& folder);

}  // namespace weir
