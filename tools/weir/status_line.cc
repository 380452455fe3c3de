#include "status_line.h"

#include <algorithm>

#include "base/format.h"
#include "host/job_summary.h"
#include "host/time_text.h"

namespace weir {
namespace {

std::string grouped(std::uint64_t number) {
  std::string digits = format("{}", number);
  for (std::size_t at = digits.size(); at > 3;)
    digits.insert(at -= 3, 1, ',');
  return digits;
}

std::uint64_t rate(std::uint64_t before, std::uint64_t now, std::chrono::nanoseconds time) {
  const double seconds = std::chrono::duration<double>(time).count();
  if (seconds <= 0 || now < before) return 0;
  return static_cast<std::uint64_t>(static_cast<double>(now - before) / seconds);
}

}  // namespace

std::string StatusLine::text(const HostStatus& status, MonotonicTime now) {
  Counts counts{0, 0, now};
  std::uint64_t aside = 0;
  std::uint64_t errors = 0;
  std::optional<std::int64_t> lag;
  std::optional<EventTime> watermark;
  std::size_t running = 0;
  for (const JobStatus& job : status.jobs) {
    const JobSummary summary = summarize(job);
    counts.records_in += summary.records_in;
    counts.rows_out += summary.rows_out;
    aside += summary.late + summary.unnatural + summary.filtered;
    errors += summary.errors;
    if (summary.lag) lag = lag.value_or(0) + *summary.lag;
    if (is_over(job.state)) continue;
    ++running;
    if (summary.watermark)
      watermark = std::min(watermark.value_or(*summary.watermark), *summary.watermark);
  }
  std::string line = format("{} of {} jobs running", running, status.jobs.size());
  if (last_) {
    const auto time = now - last_->at;
    line += format("  in {}/s  out {}/s",
                   grouped(rate(last_->records_in, counts.records_in, time)),
                   grouped(rate(last_->rows_out, counts.rows_out, time)));
  }
  line += format("  total {} in, {} out, {} aside, {} errors",
                 grouped(counts.records_in),
                 grouped(counts.rows_out),
                 grouped(aside),
                 grouped(errors));
  if (lag)
    line +=
        format("  lag {}", grouped(static_cast<std::uint64_t>(std::max<std::int64_t>(*lag, 0))));
  if (const auto time = time_text(watermark)) line += "  watermark " + *time;
  last_ = counts;
  return line;
}

}  // namespace weir
