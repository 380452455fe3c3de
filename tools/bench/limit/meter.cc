#include "meter.h"

#include <cinttypes>
#include <cstdio>

#include <sys/resource.h>

namespace weir::limit {

void Meter::report(std::uint64_t records, std::uint64_t rows) const {
  rusage usage = {};
  getrusage(RUSAGE_SELF, &usage);
  std::printf("{\"records\":%" PRIu64 ",\"cpu_s\":%.3f,\"wall_s\":%.3f,\"rows\":%" PRIu64
              ",\"rss_mb\":%ld}\n",
              records,
              seconds(CLOCK_PROCESS_CPUTIME_ID) - cpu_,
              seconds(CLOCK_MONOTONIC) - wall_,
              rows,
              usage.ru_maxrss / 1024);
}

}  // namespace weir::limit
