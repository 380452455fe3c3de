#include "job/probation.h"

#include "base/format.h"

namespace weir {
namespace {

// Fewer expected rows say nothing.
constexpr double kRowsMin = 20;

double share(std::uint64_t part, std::uint64_t whole) {
  return whole == 0 ? 0 : static_cast<double>(part) / static_cast<double>(whole);
}

}  // namespace

Probation::Probation(const ProbationLimits& limits,
                     const JobCounts& earlier,
                     const JobCounts& before,
                     const JobCounts& begun)
    : limits_(limits),
      bad_share_before_(share(before.bad - earlier.bad, before.records - earlier.records)),
      rows_per_record_before_(share(before.rows - earlier.rows, before.records - earlier.records)),
      begun_(begun),
      moved_(begun) {}

std::string Probation::judge(const JobCounts& now) {
  if (now.records > moved_.records || now.lag.value_or(0) == 0) moved_ = now;
  if (now.at - moved_.at >= limits_.stall_max) {
    return format("took no record for {} s, though {} wait",
                  std::chrono::floor<std::chrono::seconds>(now.at - moved_.at).count(),
                  now.lag.value_or(0));
  }
  const std::uint64_t records = now.records - begun_.records;
  if (records < limits_.records_min) return {};
  const double bad_share = share(now.bad - begun_.bad, records);
  if (bad_share > bad_share_before_ + limits_.bad_share_max) {
    return format("{:.1f} % of {} records were bad, before {:.1f} %",
                  100 * bad_share,
                  records,
                  100 * bad_share_before_);
  }
  const double rows_expected = rows_per_record_before_ * static_cast<double>(records);
  if (!is_over(now.at) || rows_expected < kRowsMin) return {};
  const std::uint64_t rows = now.rows - begun_.rows;
  if (static_cast<double>(rows) >= rows_expected * limits_.rows_share_min) return {};
  return format("made {} rows of {} records, the code before {:.0f} of as many",
                rows,
                records,
                rows_expected);
}

}  // namespace weir
