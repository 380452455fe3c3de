// Files that the power does not take.
#pragma once

#include <filesystem>
#include <string_view>

#include <sys/types.h>

#include "base/result.h"

namespace weir {

// Makes a file that was not there, with these permissions, and syncs what it holds. Its name is
// only durable once its folder is synced. Unavailable when the disk refuses.
Status write_new_file(const std::filesystem::path& path, std::string_view bytes, mode_t mode);

// Makes the names in a folder durable.
Status sync_folder(const std::filesystem::path& folder);

// Gives a file or folder another name in the same folder, and syncs the folder. Whoever dies in
// between leaves either name, never both.
Status rename_lasting(const std::filesystem::path& from, const std::filesystem::path& to);

// "NAME: what the system says about the last call that failed".
Error system_error(const std::filesystem::path& path);

}  // namespace weir
