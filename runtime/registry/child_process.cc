#include "registry/child_process.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <unistd.h>

#include <sys/syscall.h>
#include <sys/wait.h>

#include "base/format.h"

namespace weir {
namespace {

using std::chrono::milliseconds;

constexpr int kReport = 3;
constexpr std::size_t kTextMax = 16 * 1024;  // The rest of what it writes is read and dropped.

class Descriptor final {
 public:
  Descriptor() = default;
  ~Descriptor() { close(); }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;

  void take(int number) {
    close();
    number_ = number;
  }
  void close() {
    if (number_ >= 0) ::close(number_);
    number_ = -1;
  }
  int number() const { return number_; }

 private:
  int number_ = -1;
};

// What the process writes to one of its descriptors.
class Stream final {
 public:
  bool open() {
    std::array<int, 2> ends{};
    if (::pipe2(ends.data(), O_CLOEXEC) != 0) return false;
    ours_.take(ends[0]);
    theirs_.take(ends[1]);
    return ::fcntl(ours_.number(), F_SETFL, O_NONBLOCK) == 0;
  }
  int ours() const { return ours_.number(); }
  int theirs() const { return theirs_.number(); }
  void let_go() { theirs_.close(); }
  const std::string& text() const { return text_; }

  // Takes what is there. Its end is no longer watched.
  void read() {
    std::array<char, 4096> piece{};
    while (ours_.number() >= 0) {
      const ssize_t count = ::read(ours_.number(), piece.data(), piece.size());
      if (count < 0 && errno == EINTR) continue;
      if (count == 0) ours_.close();
      if (count <= 0) return;
      const auto room = kTextMax - std::min(kTextMax, text_.size());
      text_.append(piece.data(), std::min(room, static_cast<std::size_t>(count)));
    }
  }

 private:
  Descriptor ours_;
  Descriptor theirs_;
  std::string text_;
};

std::vector<char*> pointers_to(std::vector<std::string>& texts) {
  std::vector<char*> pointers;
  for (std::string& text : texts)
    pointers.push_back(text.data());
  pointers.push_back(nullptr);
  return pointers;
}

class Running final {
 public:
  explicit Running(ChildProcess& child) : child_(child) {}

  Result<ChildEnd> run() {
    if (!report_.open() || !output_.open() || !complaints_.open()) return trouble(errno);
    if (const int reason = start(); reason != 0) return trouble(reason);
    for (Stream* stream : {&report_, &output_, &complaints_})
      stream->let_go();
    const bool is_over = wait_for_end();
    ::kill(-process_, SIGKILL);  // And what it may have started.
    int status = 0;
    while (::waitpid(process_, &status, 0) < 0 && errno == EINTR) {}
    for (Stream* stream : {&report_, &output_, &complaints_})
      stream->read();
    return ChildEnd{is_over ? std::optional(status) : std::nullopt,
                    output_.text(),
                    complaints_.text(),
                    report_.text()};
  }

 private:
  Error trouble(int reason) const {
    return Error(ErrorKind::Unavailable,
                 format("cannot start {}: {}", child_.program.string(), ::strerrordesc_np(reason)));
  }

  int start() {
    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attributes;
    ::posix_spawn_file_actions_init(&actions);
    ::posix_spawnattr_init(&attributes);
    ::posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    ::posix_spawn_file_actions_adddup2(&actions, output_.theirs(), STDOUT_FILENO);
    ::posix_spawn_file_actions_adddup2(&actions, complaints_.theirs(), STDERR_FILENO);
    ::posix_spawn_file_actions_adddup2(&actions, report_.theirs(), kReport);
    // A group of its own, so that what it starts goes with it.
    ::posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETPGROUP);
    const int reason = ::posix_spawnp(&process_,
                                      child_.program.c_str(),
                                      &actions,
                                      &attributes,
                                      pointers_to(child_.arguments).data(),
                                      pointers_to(child_.environment).data());
    ::posix_spawn_file_actions_destroy(&actions);
    ::posix_spawnattr_destroy(&attributes);
    return reason;
  }

  // Reads what it writes meanwhile. False: it was not over within the limit.
  bool wait_for_end() {
    Descriptor process;
    // glibc 2.36 declares pidfd_open() for C only.
    process.take(static_cast<int>(::syscall(SYS_pidfd_open, process_, 0)));
    const MonotonicTime until = child_.clock.monotonic_now() + child_.limit;
    while (true) {
      const auto left = std::chrono::ceil<milliseconds>(until - child_.clock.monotonic_now());
      if (left.count() <= 0) return false;
      std::array<pollfd, 4> awaited = {{{process.number(), POLLIN, 0},
                                        {report_.ours(), POLLIN, 0},
                                        {output_.ours(), POLLIN, 0},
                                        {complaints_.ours(), POLLIN, 0}}};
      if (::poll(awaited.data(), awaited.size(), static_cast<int>(left.count())) <= 0) continue;
      for (Stream* stream : {&report_, &output_, &complaints_})
        stream->read();
      if ((awaited[0].revents & POLLIN) != 0) return true;
    }
  }

  ChildProcess& child_;
  Stream report_;
  Stream output_;
  Stream complaints_;
  pid_t process_ = -1;
};

}  // namespace

Result<ChildEnd> run_child(ChildProcess child) {
  return Running(child).run();
}

std::vector<std::string> own_environment() {
  std::vector<std::string> all;
  for (char** each = environ; *each != nullptr; ++each)
    all.emplace_back(*each);
  return all;
}

}  // namespace weir
