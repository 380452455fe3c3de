#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "job.h"

namespace weir::limit {

// The files of MemoryInput, read from the disk while the job runs.
class FileInput final {
 public:
  // Empty, with a line on stderr, when a stream has no file.
  FileInput(const std::string& directory, const std::vector<std::string>& streams);
  ~FileInput();
  FileInput(const FileInput&) = delete;
  FileInput& operator=(const FileInput&) = delete;

  std::uint32_t partitions() const { return static_cast<std::uint32_t>(files_.size()); }

  // Hands over every record, a piece of each file in turn, and returns their number.
  std::uint64_t run(Job& job);

 private:
  struct File {
    int descriptor;     // owned
    std::string piece;  // begins with the start of a line; with room to read behind it
    std::size_t used = 0;
    bool is_at_end = false;
  };

  static void refill(File& file);
  static std::uint64_t take_lines(File& file, std::uint32_t partition, Job& job);

  std::vector<File> files_;
};

}  // namespace weir::limit
