#include "supervisor.h"

#include <cerrno>
#include <csignal>
#include <cstring>
#include <ctime>
#include <optional>
#include <ostream>
#include <unistd.h>

#include <sys/prctl.h>
#include <sys/wait.h>

#include "base/format.h"
#include "config/quantity.h"
#include "crash/restart_delay.h"

namespace weir {
namespace {

constexpr int kDiedOfSignal = 128;  // As shells put it.
constexpr std::chrono::milliseconds kTurn = std::chrono::seconds(1);

sigset_t awaited_signals() {
  sigset_t set;
  sigemptyset(&set);
  for (const int signal : {SIGTERM, SIGINT, SIGCHLD})
    sigaddset(&set, signal);
  return set;
}

timespec timespec_of(std::chrono::milliseconds time) {
  const auto seconds = std::chrono::floor<std::chrono::seconds>(time);
  timespec limit{};
  limit.tv_sec = seconds.count();
  limit.tv_nsec = std::chrono::nanoseconds(time - seconds).count();
  return limit;
}

// Within `time`, one of the awaited signals.
std::optional<siginfo_t> wait_for_signal(std::chrono::milliseconds time) {
  const sigset_t set = awaited_signals();
  const timespec limit = timespec_of(time);
  siginfo_t found{};
  if (::sigtimedwait(&set, &found, &limit) <= 0) return std::nullopt;
  return found;
}

bool asks_to_stop(const siginfo_t& signal) {
  return signal.si_signo == SIGTERM || signal.si_signo == SIGINT;
}

class Supervisor final {
 public:
  Supervisor(const Supervised& supervised, const Clock& clock, Console& console)
      : supervised_(supervised), clock_(clock), console_(console) {
    const sigset_t set = awaited_signals();
    ::pthread_sigmask(SIG_BLOCK, &set, &usual_signals_);
  }
  ~Supervisor() { ::pthread_sigmask(SIG_SETMASK, &usual_signals_, nullptr); }
  Supervisor(const Supervisor&) = delete;
  Supervisor& operator=(const Supervisor&) = delete;

  ExitCode run() {
    RestartDelay delays(supervised_.first_delay);
    while (true) {
      const MonotonicTime started = clock_.monotonic_now();
      const pid_t child = start_child();
      if (child < 0) {
        console_.error << format("weir: run: cannot start the host: {}\n", error_text());
        return ExitCode::Unavailable;
      }
      const int status = wait_for_end(child);
      if (WIFEXITED(status)) return static_cast<ExitCode>(WEXITSTATUS(status));
      if (is_stopping_) return static_cast<ExitCode>(kDiedOfSignal + WTERMSIG(status));
      const auto lived =
          std::chrono::floor<std::chrono::milliseconds>(clock_.monotonic_now() - started);
      const std::chrono::milliseconds delay = delays.after(lived);
      tell(child, status, lived, delay);
      if (!pause_for(delay)) return ExitCode::Success;
    }
  }

 private:
  static std::string error_text() { return std::string(::strerrordesc_np(errno)); }

  pid_t start_child() {
    console_.error.flush();
    const pid_t parent = ::getpid();
    const pid_t child = ::fork();
    if (child != 0) return child;
    // Two hosts must never run: this one ends with who looks after it.
    ::prctl(PR_SET_PDEATHSIG, SIGTERM);
    if (::getppid() != parent) ::_exit(static_cast<int>(ExitCode::Unavailable));
    ::pthread_sigmask(SIG_SETMASK, &usual_signals_, nullptr);
    std::vector<std::string> arguments = supervised_.arguments;
    std::string name = "weir";
    std::vector<char*> pointers = {name.data()};
    for (std::string& argument : arguments)
      pointers.push_back(argument.data());
    pointers.push_back(nullptr);
    ::execv("/proc/self/exe", pointers.data());
    ::_exit(static_cast<int>(ExitCode::Unavailable));
  }

  int wait_for_end(pid_t child) {
    while (true) {
      if (const auto signal = wait_for_signal(kTurn); signal && asks_to_stop(*signal)) {
        is_stopping_ = true;
        // Ctrl-C reaches the whole group: a second one would end the child at once.
        if (signal->si_code != SI_KERNEL) ::kill(child, signal->si_signo);
      }
      int status = 0;
      if (::waitpid(child, &status, WNOHANG) == child) return status;
    }
  }

  // False: asked to stop meanwhile.
  bool pause_for(std::chrono::milliseconds delay) {
    const MonotonicTime until = clock_.monotonic_now() + delay;
    while (true) {
      const auto left =
          std::chrono::ceil<std::chrono::milliseconds>(until - clock_.monotonic_now());
      if (left.count() <= 0) return true;
      const auto signal = wait_for_signal(left);
      if (signal && asks_to_stop(*signal)) return false;
    }
  }

  void tell(pid_t child,
            int status,
            std::chrono::milliseconds lived,
            std::chrono::milliseconds delay) {
    const std::string report = report_of(child);
    console_.error << format(
        "weir: the host (process {}) died of SIG{}{} after {}; {}; starting it again in {}\n",
        child,
        ::sigabbrev_np(WTERMSIG(status)),
        WCOREDUMP(status) ? " (core dumped)" : "",
        duration_text(lived),
        report.empty() ? "it left no report" : "report: " + report,
        duration_text(delay));
    console_.error.flush();
  }

  // Its name ends with the number of the process.
  std::string report_of(pid_t child) const {
    std::error_code none;
    const std::string end = format("-{}.json", child);
    std::string newest;
    for (const auto& entry : std::filesystem::directory_iterator(supervised_.reports, none)) {
      const std::string path = entry.path().string();
      if (path.ends_with(end)) newest = std::max(newest, path);
    }
    return newest;
  }

  const Supervised& supervised_;
  const Clock& clock_;
  Console& console_;
  sigset_t usual_signals_{};
  bool is_stopping_ = false;
};

}  // namespace

ExitCode supervise(const Supervised& supervised, const Clock& clock, Console& console) {
  return Supervisor(supervised, clock, console).run();
}

}  // namespace weir
