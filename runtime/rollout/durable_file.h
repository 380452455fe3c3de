// Small files that are there whole, or not at all.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>

#include "base/result.h"

namespace weir {

// Puts a file in the place of the one of that name, if any, in one step: whoever opens it sees the
// old text or the new one, whenever the power goes. Folders that are missing are made.
// Unavailable: it is as before.
Status write_durably(const std::filesystem::path& path, std::string_view text);

// Adds to the end of a file, and waits until it is on the disk. A death may leave a part of `text`.
Status append_durably(const std::filesystem::path& path, std::string_view text);

// Durably; one that is not there is fine.
Status remove_durably(const std::filesystem::path& path);

// NotFound, or Unavailable.
Result<std::string> read_whole_file(const std::filesystem::path& path);

}  // namespace weir
