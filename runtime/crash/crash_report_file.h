#pragma once

#include <cstddef>
#include <span>
#include <string_view>

#include "base/clock.h"
#include "crash/call_marker.h"

namespace weir {

// All that a report says. Texts and arrays live elsewhere.
struct CrashFacts {
  WallTime time;
  int pid = 0;
  std::string_view host_version;
  std::string_view program;  // Its file: where frames without the name of a library lie.
  std::string_view signal;   // "SIGSEGV"
  int signal_number = 0;
  const void* address = nullptr;  // That was accessed; SIGSEGV and SIGBUS.
  std::string_view reason;        // Why the host itself ended the process; empty: it did not.
  const CallMarker* marker = nullptr;
  std::span<void* const> stack;  // Innermost first.
};

// Bytes of the guilty record that a report keeps.
inline constexpr std::size_t kReportedBytesMax = 64 << 10;

// Writes the report as JSON, in one go. Calls nothing that a handler of signals may not.
void write_crash_report(int descriptor, const CrashFacts& facts);

// The line for people.
void write_crash_line(int descriptor, const CrashFacts& facts, std::string_view report_path);

}  // namespace weir
