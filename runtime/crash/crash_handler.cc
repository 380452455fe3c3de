#include "crash/crash_handler.h"

#include <algorithm>
#include <array>
#include <atomic>
#include <cerrno>
#include <charconv>
#include <cstdio>
#include <cstring>
#include <execinfo.h>
#include <fcntl.h>
#include <unistd.h>

#include <sys/stat.h>
#include <sys/syscall.h>

#include "base/clock.h"
#include "crash/crash_report_file.h"

namespace weir {
namespace {

constexpr std::size_t kStackBytes = std::size_t{256} << 10;
constexpr int kFramesMax = 64;
// The process dies of SIGALRM when a report takes longer: half of one is better than a hang.
constexpr unsigned kReportSecondsMax = 10;

struct Signal {
  int number;
  std::string_view name;
};
constexpr Signal kSignals[] = {{SIGSEGV, "SIGSEGV"},
                               {SIGBUS, "SIGBUS"},
                               {SIGILL, "SIGILL"},
                               {SIGFPE, "SIGFPE"},
                               {SIGABRT, "SIGABRT"}};

// A text of limited length that takes no memory.
class FixedText final {
 public:
  FixedText& append(std::string_view text) {
    const std::size_t count = std::min(text.size(), text_.size() - 1 - size_);
    std::copy_n(text.data(), count, text_.data() + size_);
    size_ += count;
    return *this;
  }
  FixedText& append(std::uint64_t number, std::size_t digits) {
    std::array<char, 20> written;
    const auto end = std::to_chars(written.begin(), written.end(), number).ptr;
    const auto count = static_cast<std::size_t>(end - written.data());
    for (std::size_t i = count; i < digits; ++i)
      append("0");
    return append({written.data(), count});
  }
  std::string_view view() const { return {text_.data(), size_}; }
  const char* c_str() const { return text_.data(); }

 private:
  std::array<char, 4096> text_{};
  std::size_t size_ = 0;
};

// A handler of signals is given nothing, so what it needs stands here: written before it is
// installed (`reason`: before the signal is sent), read by the one thread that reports.
struct Known {
  FixedText folder;
  FixedText host_version;
  FixedText program;
  FixedText reason;
  std::atomic_flag is_reporting;
};
Known known;
thread_local const CallMarker* marker_of_thread = nullptr;

// "20261120T080000"
void append_time(FixedText& text, WallTime time) {
  const auto day = std::chrono::floor<std::chrono::days>(time);
  const std::chrono::year_month_day date(day);
  const std::chrono::hh_mm_ss clock(time - day);
  text.append(static_cast<std::uint64_t>(static_cast<int>(date.year())), 4);
  text.append(static_cast<unsigned>(date.month()), 2);
  text.append(static_cast<unsigned>(date.day()), 2).append("T");
  text.append(static_cast<std::uint64_t>(clock.hours().count()), 2);
  text.append(static_cast<std::uint64_t>(clock.minutes().count()), 2);
  text.append(static_cast<std::uint64_t>(clock.seconds().count()), 2);
}

// Under another name until it is whole.
void write_file(const FixedText& path, const CrashFacts& facts) {
  FixedText unfinished = path;
  unfinished.append(".part");
  const int file = ::open(unfinished.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  if (file < 0) return;
  write_crash_report(file, facts);
  ::fsync(file);
  ::close(file);
  ::rename(unfinished.c_str(), path.c_str());
}

void report(int number, const siginfo_t& cause) {
  CrashFacts facts;
  facts.time = SystemClock().wall_now();
  facts.pid = ::getpid();
  facts.host_version = known.host_version.view();
  facts.program = known.program.view();
  facts.signal_number = number;
  for (const Signal& signal : kSignals) {
    if (signal.number == number) facts.signal = signal.name;
  }
  if (number == SIGSEGV || number == SIGBUS) facts.address = cause.si_addr;
  facts.reason = known.reason.view();
  facts.marker = marker_of_thread;

  FixedText path = known.folder;
  path.append("/REPORT-");
  append_time(path, facts.time);
  path.append("-").append(static_cast<std::uint64_t>(facts.pid), 1).append(".json");
  // Walking a broken stack may end the process: what matters most is safe by then.
  write_file(path, facts);
  write_crash_line(STDERR_FILENO, facts, path.view());
  std::array<void*, kFramesMax> frames;
  const int depth = ::backtrace(frames.data(), kFramesMax);
  facts.stack = std::span(frames).first(static_cast<std::size_t>(std::max(depth, 0)));
  write_file(path, facts);
}

void handle(int number, siginfo_t* cause, void*) {
  const int problem = errno;
  // A second thread that fails at the same time waits for the end.
  while (known.is_reporting.test_and_set())
    ::pause();
  struct sigaction usual {};
  usual.sa_handler = SIG_DFL;
  ::sigaction(SIGALRM, &usual, nullptr);
  ::alarm(kReportSecondsMax);
  report(number, *cause);
  // Delivered when this returns: the process dies where it was, of what it was.
  ::sigaction(number, &usual, nullptr);
  ::syscall(SYS_tgkill, ::getpid(), ::syscall(SYS_gettid), number);
  errno = problem;
}

}  // namespace

Status install_crash_handler(const CrashReports& reports) {
  std::error_code trouble;
  std::filesystem::create_directories(reports.folder, trouble);
  if (trouble) {
    return Error(ErrorKind::Unavailable, trouble.message()).during(reports.folder.string());
  }
  known.folder.append(std::filesystem::absolute(reports.folder).string());
  known.host_version.append(reports.host_version);
  known.program.append(std::filesystem::read_symlink("/proc/self/exe", trouble).string());
  // The first call loads a library; in the handler it would be too late for that.
  std::array<void*, 1> frame;
  static_cast<void>(::backtrace(frame.data(), 1));

  struct sigaction action {};
  action.sa_sigaction = &handle;
  action.sa_flags = SA_SIGINFO | SA_ONSTACK;
  sigfillset(&action.sa_mask);
  sigdelset(&action.sa_mask, SIGALRM);
  for (const Signal& signal : kSignals)
    ::sigaction(signal.number, &action, nullptr);
  return Done{};
}

void end_by_report(pthread_t thread, std::string_view reason) {
  known.reason.append(reason);
  ::pthread_kill(thread, SIGABRT);
}

CrashThread::CrashThread(const CallMarker* marker) : stack_(new char[kStackBytes]) {
  stack_t stack{};
  stack.ss_sp = stack_.get();
  stack.ss_size = kStackBytes;
  ::sigaltstack(&stack, &before_);
  marker_of_thread = marker;
}

CrashThread::~CrashThread() {
  marker_of_thread = nullptr;
  ::sigaltstack(&before_, nullptr);
}

}  // namespace weir
