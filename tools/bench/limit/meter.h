#pragma once

#include <cstdint>
#include <ctime>

namespace weir::limit {

// What the process costs from the construction on: every thread, user and system time.
class Meter final {
 public:
  Meter() : cpu_(seconds(CLOCK_PROCESS_CPUTIME_ID)), wall_(seconds(CLOCK_MONOTONIC)) {}

  // Prints one JSON line.
  void report(std::uint64_t records, std::uint64_t rows) const;

 private:
  static double seconds(clockid_t clock) {
    timespec now = {};
    clock_gettime(clock, &now);
    return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) * 1e-9;
  }

  double cpu_;
  double wall_;
};

}  // namespace weir::limit
