#include "checkpoint/image_lock.h"

#include <fcntl.h>
#include <unistd.h>

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

}  // namespace weir
