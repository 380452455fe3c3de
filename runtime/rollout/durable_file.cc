#include "rollout/durable_file.h"

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <fstream>
#include <iterator>
#include <system_error>
#include <unistd.h>
#include <utility>

#include "base/format.h"

namespace weir {
namespace {

namespace fs = std::filesystem;

Error failed(std::string_view what, const fs::path& path) {
  return Error(ErrorKind::Unavailable,
               format("{} {}: {}", what, path.string(), ::strerrordesc_np(errno)));
}

// A file descriptor, closed at the end.
class OpenedFile final {
 public:
  OpenedFile(const fs::path& path, int flags)
      : file_(::open(path.c_str(), flags | O_CLOEXEC, 0644)) {}
  ~OpenedFile() {
    if (file_ >= 0) ::close(file_);
  }
  OpenedFile(const OpenedFile&) = delete;
  OpenedFile& operator=(const OpenedFile&) = delete;

  bool is_open() const { return file_ >= 0; }
  bool write(std::string_view text) const {
    while (!text.empty()) {
      const ssize_t written = ::write(file_, text.data(), text.size());
      if (written < 0 && errno == EINTR) continue;
      if (written < 0) return false;
      text.remove_prefix(static_cast<std::size_t>(written));
    }
    return true;
  }
  bool sync() const { return ::fsync(file_) == 0; }

 private:
  int file_;
};

Status sync_folder(const fs::path& folder) {
  const OpenedFile opened(folder, O_RDONLY | O_DIRECTORY);
  if (opened.is_open() && opened.sync()) return Done{};
  return failed("sync", folder);
}

// A new folder is only durable when the one it lies in is synced.
Status make_folder(const fs::path& folder) {
  std::error_code problem;
  if (folder.empty() || fs::is_directory(folder, problem)) return Done{};
  TRY_DO(make_folder(folder.parent_path()));
  fs::create_directory(folder, problem);
  if (problem) {
    return Error(ErrorKind::Unavailable, format("make {}: {}", folder.string(), problem.message()));
  }
  return sync_folder(folder.parent_path());
}

}  // namespace

Status write_durably(const fs::path& path, std::string_view text) {
  const fs::path place = fs::absolute(path);
  TRY_DO(make_folder(place.parent_path()));
  const fs::path fresh = place.string() + ".new";
  {
    const OpenedFile file(fresh, O_WRONLY | O_CREAT | O_TRUNC);
    if (!file.is_open() || !file.write(text) || !file.sync()) return failed("write", fresh);
  }
  if (::rename(fresh.c_str(), place.c_str()) != 0) return failed("put in place", place);
  return sync_folder(place.parent_path());
}

Status append_durably(const fs::path& path, std::string_view text) {
  const fs::path place = fs::absolute(path);
  TRY_DO(make_folder(place.parent_path()));
  const OpenedFile file(place, O_WRONLY | O_CREAT | O_APPEND);
  if (!file.is_open() || !file.write(text) || !file.sync()) return failed("write", place);
  return sync_folder(place.parent_path());
}

Status remove_durably(const fs::path& path) {
  if (::unlink(path.c_str()) != 0) {
    if (errno == ENOENT) return Done{};
    return failed("remove", path);
  }
  return sync_folder(fs::absolute(path).parent_path());
}

Result<std::string> read_whole_file(const fs::path& path) {
  std::error_code problem;
  if (!fs::exists(path, problem)) {
    return Error(ErrorKind::NotFound, format("no file {}", path.string()));
  }
  // Reading a folder would throw.
  std::ifstream file(path, std::ios::binary);
  if (!file || !fs::is_regular_file(path, problem)) {
    return Error(ErrorKind::Unavailable, format("{} cannot be read", path.string()));
  }
  return std::string(std::istreambuf_iterator<char>(file), {});
}

}  // namespace weir
