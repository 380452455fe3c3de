#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "checkpoint/image_layout.h"

namespace weir {

// A copy of a job's image as of a committed epoch, kept under a name beside the images: its tables
// are hard links, so that it costs little until the image has moved on.
//
//   STATE/savepoints/JOB/NAME/   the files of a database, and savepoint.json, written last
//
// It is there when its folder has its name, and not before.
struct SavedFile {
  std::string name;
  std::uint64_t size = 0;
  std::uint64_t checksum = 0;  // XXH3.
};

struct Savepoint {
  std::string name;
  ImageHeader header;
  ImageHead head;
  WallTime made = {};
  std::vector<SavedFile> files;
};

// What follows are for a job that does not run; they lock its image. NotFound: there is no such
// image or savepoint; Invalid: a name that is taken, or none; Unavailable: the image is open, or
// the disk refuses; Corrupt: names the file.
Result<Savepoint> create_savepoint(const std::filesystem::path& state,
                                   std::string_view job,
                                   std::string_view name,
                                   WallTime now);
// The same for a job that runs in this process: `copy` has its image copied, as by
// StateImage::copy_to(). What is left to do needs neither the image nor its thread.
using CopyImage = std::function<Status(const std::filesystem::path& folder)>;
Result<Savepoint> create_savepoint(const std::filesystem::path& state,
                                   std::string_view job,
                                   std::string_view name,
                                   WallTime now,
                                   const CopyImage& copy);
// By name.
Result<std::vector<Savepoint>> list_savepoints(const std::filesystem::path& state,
                                               std::string_view job);
// Reads the manifest, compares the files with it.
Result<Savepoint> inspect_savepoint(const std::filesystem::path& folder);
// Puts it in the place of the image, in one step, and leaves the savepoint as it is. The job then
// goes on with the positions of the savepoint, whatever the outside world has committed since.
// Returns where the image is that was there before; empty when there was none.
Result<std::filesystem::path> restore_savepoint(const std::filesystem::path& state,
                                                std::string_view job,
                                                std::string_view name);

}  // namespace weir
