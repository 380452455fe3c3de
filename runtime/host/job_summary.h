#pragma once

#include <cstdint>
#include <optional>

#include "job/job_status.h"

namespace weir {

// A job in one line: sums over its operators.
struct JobSummary {
  std::uint64_t records_in = 0;  // Taken by its sources.
  std::uint64_t rows_out = 0;    // Handed to its sinks.
  std::uint64_t filtered = 0;
  std::uint64_t unnatural = 0;
  std::uint64_t late = 0;
  std::uint64_t errors = 0;            // Records that are no rows, and rows the plugin refused.
  std::optional<EventTime> watermark;  // The smallest of its sinks.
  std::optional<std::int64_t> lag;     // Nothing when no split knows its own.
};

JobSummary summarize(const JobStatus& job);

}  // namespace weir
