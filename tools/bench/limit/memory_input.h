#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "job.h"

namespace weir::limit {

// Files of JSON lines, read before the first record: DIR/STREAM-N.jsonl for each stream, partitions
// numbered through.
class MemoryInput final {
 public:
  // Empty, with a line on stderr, when a stream has no file.
  MemoryInput(const std::string& directory, const std::vector<std::string>& streams);

  std::uint32_t partitions() const { return static_cast<std::uint32_t>(files_.size()); }

  // Hands over every record, some of each file in turn, and returns their number.
  std::uint64_t run(Job& job);

 private:
  struct File {
    std::string bytes;  // with room to read behind the last line
    std::size_t at = 0;
    std::size_t end = 0;
  };

  std::vector<File> files_;
};

}  // namespace weir::limit
