#include "connectors/file/open_file.h"

#include <cerrno>
#include <fcntl.h>
#include <filesystem>
#include <system_error>
#include <unistd.h>
#include <utility>

#include <sys/file.h>
#include <sys/stat.h>

#include "base/format.h"

namespace weir::file {
namespace {

constexpr int kReadableByAll = 0644;

ErrorKind kind_of(int code) {
  if (code == ENOENT || code == ENOTDIR) return ErrorKind::NotFound;
  if (code == EACCES || code == EISDIR || code == EINVAL) return ErrorKind::Invalid;
  return ErrorKind::Unavailable;
}

std::string folder_of(const std::string& path) {
  const std::string folder = std::filesystem::path(path).parent_path().string();
  return folder.empty() ? "." : folder;
}

}  // namespace

Error io_error(std::string_view operation, const std::string& path) {
  const int code = errno;
  const std::string cause = std::generic_category().message(code);
  return Error(kind_of(code), format("{} {}: {}", operation, path, cause));
}

OpenFile::OpenFile(int descriptor, std::string path)
    : descriptor_(descriptor), path_(std::move(path)) {}

OpenFile::OpenFile(OpenFile&& other) noexcept
    : descriptor_(std::exchange(other.descriptor_, -1)), path_(std::move(other.path_)) {}

OpenFile& OpenFile::operator=(OpenFile&& other) noexcept {
  std::swap(descriptor_, other.descriptor_);
  std::swap(path_, other.path_);
  return *this;
}

OpenFile::~OpenFile() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

Result<OpenFile> OpenFile::open(const std::string& path, int flags) {
  const int descriptor = ::open(path.c_str(), flags | O_CLOEXEC, kReadableByAll);
  if (descriptor < 0) return io_error("open", path);
  return OpenFile(descriptor, path);
}

Result<OpenFile> OpenFile::for_reading(const std::string& path) {
  TRY(OpenFile file, open(path, O_RDONLY));
  ::posix_fadvise(file.descriptor_, 0, 0, POSIX_FADV_SEQUENTIAL);
  return file;
}

Result<OpenFile> OpenFile::for_appending(const std::string& path) {
  std::error_code failure;
  std::filesystem::create_directories(folder_of(path), failure);
  TRY(OpenFile file, open(path, O_RDWR | O_APPEND | O_CREAT));
  if (::flock(file.descriptor_, LOCK_EX | LOCK_NB) == 0) return file;
  if (errno != EWOULDBLOCK) return io_error("lock", path);
  return Error(ErrorKind::Unavailable, format("another sink writes to {}", path));
}

Result<std::int64_t> OpenFile::size() const {
  struct stat facts {};
  if (::fstat(descriptor_, &facts) != 0) return io_error("look at", path_);
  return std::int64_t{facts.st_size};
}

Result<std::size_t> OpenFile::read(std::int64_t position, std::span<char> into) const {
  for (;;) {
    const ssize_t count = ::pread(descriptor_, into.data(), into.size(), position);
    if (count >= 0) return static_cast<std::size_t>(count);
    if (errno != EINTR) return io_error("read", path_);
  }
}

Status OpenFile::append(std::string_view bytes) const {
  while (!bytes.empty()) {
    const ssize_t count = ::write(descriptor_, bytes.data(), bytes.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return io_error("write to", path_);
    bytes.remove_prefix(static_cast<std::size_t>(count));
  }
  return Done{};
}

Status OpenFile::sync() const {
  if (::fdatasync(descriptor_) != 0) return io_error("sync", path_);
  return Done{};
}

Status sync_folder_of(const std::string& path) {
  const std::string folder = folder_of(path);
  const int descriptor = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (descriptor < 0) return io_error("open", folder);
  const int outcome = ::fsync(descriptor);
  ::close(descriptor);
  if (outcome != 0) return io_error("sync", folder);
  return Done{};
}

}  // namespace weir::file
