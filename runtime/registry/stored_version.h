// One version of a plugin as it lies in a store.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/result.h"

namespace weir {

struct StoredFile {
  std::string name;  // In the folder of the version.
  std::uint64_t size = 0;
  std::string sha256;    // In hex.
  std::string build_id;  // What the linker called it, in hex; empty: it gave no name.
  bool operator==(const StoredFile&) const = default;
};

struct StoredVersion {
  std::string plugin;   // "classroom"
  std::string version;  // "1.4.0"
  std::string hash;     // SHA-256 of its library, in hex: its name in the store.
  std::uint32_t abi_major = 0;
  std::uint32_t abi_minor = 0;
  WallTime added = {};
  std::vector<StoredFile> files;  // Its library first, then those of its bundle, by name.
  std::filesystem::path folder;   // Absolute.

  std::filesystem::path library() const { return folder / files.front().name; }
};

// Reads what stands beside the files of a version. NotFound when the folder holds no version;
// Corrupt when it is not what was written, or not in the folder of its hash.
Result<StoredVersion> read_stored_version(const std::filesystem::path& folder);

// Reads every file of the version anew. Corrupt: names the file that is not what was added.
Status verify_stored_version(const StoredVersion& version);

// While it lives, in any process, the version cannot be removed.
class VersionHold final {
 public:
  // NotFound when the version was just removed.
  static Result<std::unique_ptr<VersionHold>> take(const StoredVersion& version);
  // For who wants to remove it: null while anybody, in any process, holds it; until this goes,
  // nobody takes it.
  static Result<std::unique_ptr<VersionHold>> take_alone(const StoredVersion& version);
  ~VersionHold();
  VersionHold(const VersionHold&) = delete;
  VersionHold& operator=(const VersionHold&) = delete;

 private:
  explicit VersionHold(int descriptor) : descriptor_(descriptor) {}
  const int descriptor_;
};

}  // namespace weir
