#include "registry/stored_version.h"

#include <algorithm>
#include <cerrno>
#include <fcntl.h>
#include <fstream>
#include <iterator>
#include <optional>
#include <unistd.h>

#include <sys/file.h>
#include <sys/stat.h>

#include "base/format.h"
#include "base/list_folder.h"
#include "registry/lasting_file.h"
#include "registry/sha256.h"
#include "registry/version_facts.h"

namespace weir {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kFactsBytesMax = 1 << 20;

Result<std::string> read_text(const fs::path& path) {
  std::error_code trouble;
  if (!fs::exists(path, trouble)) return Error(ErrorKind::NotFound, path.string() + ": not there");
  std::ifstream file(path, std::ios::binary);
  std::string text(kFactsBytesMax, '\0');
  file.read(text.data(), static_cast<std::streamsize>(text.size()));
  if (file.bad() || file.gcount() == 0) {
    return Error(ErrorKind::Unavailable, path.string() + ": cannot be read");
  }
  text.resize(static_cast<std::size_t>(file.gcount()));
  return text;
}

Status verify_file(const StoredVersion& version, const StoredFile& file) {
  const fs::path path = version.folder / file.name;
  TRY(const std::string hash, sha256_of_file(path));
  if (hash == file.sha256) return Done{};
  return Error(ErrorKind::Corrupt,
               format("{}: has SHA-256 {}, had {} when it was added: add {} {} again",
                      path.string(),
                      hash,
                      file.sha256,
                      version.plugin,
                      version.version));
}

// Taken at once or not at all; nothing when somebody has one that excludes it.
Result<std::optional<int>> lock(const fs::path& file, int operation) {
  const int descriptor = ::open(file.c_str(), O_RDONLY | O_CLOEXEC);
  if (descriptor < 0) return system_error(file);
  if (::flock(descriptor, operation | LOCK_NB) == 0) return std::optional(descriptor);
  const bool is_taken = errno == EWOULDBLOCK;
  const Error error = system_error(file);
  ::close(descriptor);
  if (is_taken) return std::optional<int>();
  return error;
}

// Whether the file that was opened is still the one of that name.
bool is_at(int descriptor, const fs::path& path) {
  struct stat opened {};
  struct stat named {};
  return ::fstat(descriptor, &opened) == 0 && ::stat(path.c_str(), &named) == 0 &&
         opened.st_ino == named.st_ino && opened.st_dev == named.st_dev;
}

}  // namespace

Result<StoredVersion> read_stored_version(const fs::path& folder) {
  const fs::path facts = folder / kVersionFacts;
  TRY(const std::string text, read_text(facts));
  TRY(StoredVersion version, decode_version_facts(text).during(facts.string()));
  version.folder = fs::absolute(folder).lexically_normal();
  if (version.folder.filename() != version.hash) {
    return Error(ErrorKind::Corrupt,
                 format("{}: is of another version, {}", facts.string(), version.hash));
  }
  return version;
}

Status verify_stored_version(const StoredVersion& version) {
  for (const StoredFile& file : version.files)
    TRY_DO(verify_file(version, file));
  TRY(const auto present, list_folder(version.folder));
  for (const fs::path& path : present) {
    const std::string name = path.filename();
    const bool is_known =
        name == kVersionFacts || std::ranges::count(version.files, name, &StoredFile::name) > 0;
    if (!is_known) {
      return Error(ErrorKind::Corrupt, format("{}: was not added with the version", path.string()));
    }
  }
  return Done{};
}

Result<std::unique_ptr<VersionHold>> VersionHold::take(const StoredVersion& version) {
  const Error removed(ErrorKind::NotFound,
                      format("{} {} is being removed", version.plugin, version.version));
  TRY(const auto descriptor, lock(version.library(), LOCK_SH));
  if (!descriptor) return removed;
  std::unique_ptr<VersionHold> hold(new VersionHold(*descriptor));
  if (!is_at(*descriptor, version.library())) return removed;
  return hold;
}

Result<std::unique_ptr<VersionHold>> VersionHold::take_alone(const StoredVersion& version) {
  TRY(const auto descriptor, lock(version.library(), LOCK_EX));
  if (!descriptor) return std::unique_ptr<VersionHold>();
  return std::unique_ptr<VersionHold>(new VersionHold(*descriptor));
}

VersionHold::~VersionHold() {
  ::close(descriptor_);
}

}  // namespace weir
