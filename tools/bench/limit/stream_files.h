#pragma once

#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <string>
#include <vector>

namespace weir::limit {

// DIR/STREAM-N.jsonl for each stream and N from 0 on; a line on stderr for a stream without any.
inline std::vector<std::filesystem::path> stream_files(const std::string& directory,
                                                       const std::vector<std::string>& streams) {
  std::vector<std::filesystem::path> paths;
  for (const auto& stream : streams) {
    for (std::uint32_t partition = 0;; ++partition) {
      std::filesystem::path path =
          directory + "/" + stream + "-" + std::to_string(partition) + ".jsonl";
      std::error_code failed;
      if (!std::filesystem::exists(path, failed)) {
        if (partition == 0) std::fprintf(stderr, "limit: no file %s\n", path.c_str());
        break;
      }
      paths.push_back(std::move(path));
    }
  }
  return paths;
}

}  // namespace weir::limit
