// A state image in memory that outlives the object: what a disk is to a process. For tests.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <tuple>
#include <vector>

#include "checkpoint/state_image.h"

namespace weir::fakes {

// What is on the disk. Opened by one image after another.
struct MemoryDisk {
  using Place = std::tuple<std::string, std::int64_t, std::uint16_t, std::string>;

  std::uint64_t epoch = 0;
  std::map<Place, std::string> entries;
  std::map<Place, std::size_t> entry_forms;  // Of each entry: its place in `forms`, from 1 on.
  std::map<std::string, std::vector<std::string>, std::less<>> forms;  // By operator.
  std::map<std::pair<std::string, std::string>, std::vector<std::string>> notes;
  std::vector<SourcePositions> positions;
  std::map<std::string, std::string> layouts;  // As described last.
  bool is_restored = false;
  std::optional<EpochDelta> prepared;
  std::optional<Error> failure;  // A lever: what the next prepare says, until it is taken away.
  std::map<std::string, std::uint64_t> copies;  // Folders, and the epoch that each has.
};

// `disk` outlives the image.
std::unique_ptr<StateImage> open_memory_image(MemoryDisk& disk);

}  // namespace weir::fakes
