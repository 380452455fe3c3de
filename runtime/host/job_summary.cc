#include "host/job_summary.h"

#include <algorithm>

#include "plugin/description.h"

namespace weir {

JobSummary summarize(const JobStatus& job) {
  JobSummary summary;
  bool has_sink = false;
  for (const OperatorStatus& op : job.operators) {
    if (op.kind == OperatorKind::Source) summary.records_in += op.rows_in;
    summary.filtered += op.filtered;
    summary.unnatural += op.unnatural;
    summary.late += op.late;
    summary.errors += op.errors + op.rejected;
    if (op.kind != OperatorKind::Sink) continue;
    summary.rows_out += op.rows_in;
    summary.watermark = has_sink ? std::min(summary.watermark, op.watermark) : op.watermark;
    has_sink = true;
  }
  for (const SplitStatus& split : job.splits) {
    if (split.lag) summary.lag = summary.lag.value_or(0) + *split.lag;
  }
  return summary;
}

}  // namespace weir
