// What is left behind when the process dies of a bug, in a plugin or in the host.
#pragma once

#include <filesystem>
#include <memory>
#include <pthread.h>
#include <signal.h>
#include <string>
#include <string_view>

#include "base/result.h"
#include "crash/call_marker.h"

namespace weir {

struct CrashReports {
  std::filesystem::path folder;  // Made when it is not there.
  std::string host_version;
};

// From here on SIGSEGV, SIGBUS, SIGILL, SIGFPE and SIGABRT leave a file REPORT-TIME-PID.json in
// the folder and a line on standard error, before the process dies of that signal. Once in the life
// of a process, before its other threads are made. runtime/crash/README.md describes the file.
Status install_crash_handler(const CrashReports& reports);

// Ends the process with a report of `thread`, giving a reason. Returns, as that thread needs a
// moment.
void end_by_report(pthread_t thread, std::string_view reason);

// Lets the calling thread be reported: with a stack of its own, so that an overflow of the usual
// one is reported too, and with what `marker` says. Made and destroyed on that thread.
class CrashThread final {
 public:
  // The marker outlives the object; null: the thread calls no operators.
  explicit CrashThread(const CallMarker* marker);
  ~CrashThread();
  CrashThread(const CrashThread&) = delete;
  CrashThread& operator=(const CrashThread&) = delete;

 private:
  std::unique_ptr<char[]> stack_;
  stack_t before_{};
};

}  // namespace weir
