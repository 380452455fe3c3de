#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>

#include "base/result.h"
#include "checkpoint/rocks_share.h"
#include "checkpoint/state_image.h"

namespace weir {

struct ImageOptions {
  std::string job;
  std::uint16_t key_groups = 128;
};

// Opens the image of a job in a folder that is its alone, or makes a new one there. It is locked
// until the image is destroyed, or the process dies. Reads back what survived; may take seconds
// after a crash.
//
// Unavailable: another process has it open, or it cannot be read or written now; Incompatible: it
// is of another job, or of a newer program; Corrupt: names the file or entry that is damaged. A
// write that a crash cut short is none of these: it never happened.
Result<std::unique_ptr<StateImage>> open_rocks_image(const std::filesystem::path& folder,
                                                     const ImageOptions& options,
                                                     std::shared_ptr<RocksShare> share);

}  // namespace weir
