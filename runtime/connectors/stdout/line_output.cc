#include "connectors/stdout/line_output.h"

#include <algorithm>
#include <cerrno>
#include <poll.h>
#include <system_error>
#include <unistd.h>

namespace weir {
namespace {

// What a pipe takes without blocking when poll() says that it can be written to: PIPE_BUF.
constexpr std::size_t kPieceMax = 4096;

Error write_error() {
  return Error(ErrorKind::Unavailable,
               "write to standard output: " + std::generic_category().message(errno));
}

}  // namespace

bool LineOutput::offer(std::string_view label, std::string_view line) {
  const std::size_t size = label.size() + line.size() + 1;
  const std::size_t left = pending_.size() - written_;
  if (left != 0 && left + size > kBytesMax) return false;
  pending_.append(label).append(line).push_back('\n');
  return true;
}

Result<bool> LineOutput::can_write() const {
  pollfd poll_for{.fd = descriptor_, .events = POLLOUT, .revents = 0};
  const int ready = ::poll(&poll_for, 1, 0);
  if (ready < 0 && errno != EINTR) return write_error();
  return ready > 0;
}

Result<bool> LineOutput::drain() {
  while (written_ < pending_.size()) {
    TRY(const bool is_ready, can_write());
    if (!is_ready) return keep_rest();
    const std::size_t piece = std::min(kPieceMax, pending_.size() - written_);
    const ssize_t count = ::write(descriptor_, pending_.data() + written_, piece);
    if (count < 0 && (errno == EINTR || errno == EAGAIN)) return keep_rest();
    if (count < 0) return write_error();
    written_ += static_cast<std::size_t>(count);
  }
  return keep_rest();
}

// Forgets what was written; returns whether nothing is left.
bool LineOutput::keep_rest() {
  pending_.erase(0, written_);
  written_ = 0;
  return pending_.empty();
}

}  // namespace weir
