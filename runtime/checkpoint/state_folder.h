// Where a host keeps the state of its jobs: its state directory, `state` in jobs.toml.
#pragma once

#include <filesystem>
#include <string_view>

namespace weir {

inline std::filesystem::path image_folder(const std::filesystem::path& state,
                                          std::string_view job) {
  return state / "images" / job;
}

// One folder for each savepoint of a job, by name.
inline std::filesystem::path savepoints_folder(const std::filesystem::path& state,
                                               std::string_view job) {
  return state / "savepoints" / job;
}

// Copies of a running job's image, each for one reader, who removes it.
inline std::filesystem::path copies_folder(const std::filesystem::path& state,
                                           std::string_view job) {
  return state / "copies" / job;
}

}  // namespace weir
