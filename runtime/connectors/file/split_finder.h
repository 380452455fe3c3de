#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/guarded.h"
#include "base/result.h"

namespace weir::file {

// Which reader reads which file of a pattern. A file belongs to one reader from the moment it is
// found; those found later go round. Shared by the readers of one source; safe from any thread.
class SplitFinder final {
 public:
  // `clock` outlives the finder.
  SplitFinder(std::string pattern, std::size_t reader_count, const Clock& clock);

  // Looks into the folders, if that was not done within the last second.
  Status look();

  // All files of one reader, in the order in which they were found.
  std::vector<std::string> files_of(std::size_t reader) const;

  std::size_t file_count() const;

 private:
  struct Found {
    std::map<std::string, std::size_t> readers;  // By file.
    std::vector<std::string> order;
    std::optional<MonotonicTime> looked_at;
  };

  const std::string pattern_;
  const std::size_t reader_count_;
  const Clock& clock_;
  Guarded<Found> found_;
};

}  // namespace weir::file
