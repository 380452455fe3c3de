#include "base/list_folder.h"

#include <algorithm>
#include <system_error>

#include "base/format.h"

namespace weir {

namespace fs = std::filesystem;

Result<std::vector<fs::path>> list_folder(const fs::path& folder) {
  std::error_code failed;
  std::vector<fs::path> found;
  for (fs::directory_iterator at(folder, failed); !failed && at != fs::directory_iterator();
       at.increment(failed))
    found.push_back(at->path());
  if (failed) {
    const bool is_missing = failed == std::errc::no_such_file_or_directory;
    return Error(is_missing ? ErrorKind::NotFound : ErrorKind::Unavailable,
                 format("read {}: {}", folder.string(), failed.message()));
  }
  std::sort(found.begin(), found.end());
  return found;
}

}  // namespace weir
