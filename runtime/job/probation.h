#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

#include "base/clock.h"

namespace weir {

// What a job has done up to some time.
struct JobCounts {
  MonotonicTime at = {};
  std::uint64_t records = 0;  // Taken by its sources.
  std::uint64_t rows = 0;     // Given to its sinks.
  std::uint64_t bad = 0;      // Records that are no rows, and rows that its code refused.
  // Records still to be read; none: not known.
  std::optional<std::int64_t> lag = std::nullopt;
};

// What new code may do while it is on probation.
struct ProbationLimits {
  std::chrono::milliseconds lasts{0};  // 0: there is no probation.
  std::uint64_t records_min = 100;     // Fewer prove nothing.
  double bad_share_max = 0.01;         // Of the records, beyond what was bad before.
  double rows_share_min = 0.5;         // Of the rows that the code before made of so many records.
  std::chrono::milliseconds stall_max = std::chrono::seconds(10);  // While records wait.
};

// Whether new code does as well as the code before. Pure.
class Probation final {
 public:
  // The code before was counted between `earlier` and `before`, by the same counters; the new one
  // is from `begun` on.
  Probation(const ProbationLimits& limits,
            const JobCounts& earlier,
            const JobCounts& before,
            const JobCounts& begun);

  bool is_over(MonotonicTime now) const { return now - begun_.at >= limits_.lasts; }

  // What is wrong with it, in a clause; empty: nothing so far. Rows are judged once it is over:
  // windows make them in bursts.
  std::string judge(const JobCounts& now);

 private:
  ProbationLimits limits_;
  double bad_share_before_ = 0;
  double rows_per_record_before_ = 0;
  JobCounts begun_;
  JobCounts moved_;  // When the last record was taken.
};

}  // namespace weir
