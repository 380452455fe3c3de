#pragma once

#include <optional>
#include <string>

#include "base/clock.h"
#include "job/job_status.h"

namespace weir {

// Turns snapshots into one line for the terminal: what runs, how fast, how far behind.
class StatusLine final {
 public:
  // Rates are those since the call before.
  std::string text(const HostStatus& status, MonotonicTime now);

 private:
  struct Counts {
    std::uint64_t records_in = 0;
    std::uint64_t rows_out = 0;
    MonotonicTime at;
  };
  std::optional<Counts> last_;
};

}  // namespace weir
