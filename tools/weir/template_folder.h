#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <string_view>

#include "base/result.h"

namespace weir {

// Copies the files of a folder (not its subfolders) to a new one; in each, "@key@" becomes its
// value for every key given. Invalid: `target` exists. On an error nothing of `target` is left.
Status copy_template(const std::filesystem::path& source,
                     const std::filesystem::path& target,
                     const std::map<std::string, std::string>& values);

}  // namespace weir
