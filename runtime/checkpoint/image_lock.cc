#include "checkpoint/image_lock.h"

#include <fcntl.h>
#include <unistd.h>

#include "base/format.h"

namespace weir {

std::optional<pid_t> image_holder(const std::filesystem::path& folder) {
  const int file = ::open((folder / "LOCK").c_str(), O_RDWR | O_CLOEXEC);
  if (file < 0) return std::nullopt;
  struct flock wanted = {};
  wanted.l_type = F_WRLCK;
  wanted.l_whence = SEEK_SET;
  const int asked = ::fcntl(file, F_GETLK, &wanted);
  ::close(file);
  if (asked != 0 || wanted.l_type == F_UNLCK) return std::nullopt;
  return wanted.l_pid;
}

Result<HeldImage> HeldImage::hold(const std::filesystem::path& folder) {
  HeldImage held(::open((folder / "LOCK").c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644));
  struct flock wanted = {};
  wanted.l_type = F_WRLCK;
  wanted.l_whence = SEEK_SET;
  if (held.file_ >= 0 && ::fcntl(held.file_, F_SETLK, &wanted) == 0) return held;
  const auto holder = image_holder(folder);
  return Error(ErrorKind::Unavailable,
               holder ? format("{} is open in process {}", folder.string(), *holder)
                      : format("{} cannot be locked", folder.string()));
}

HeldImage::~HeldImage() {
  if (file_ >= 0) ::close(file_);
}

}  // namespace weir
