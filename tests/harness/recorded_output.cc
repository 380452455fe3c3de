#include "harness/recorded_output.h"

#include <utility>

#include "base/check.h"

namespace weir::harness {

std::size_t RecordedOutput::row_count() const {
  std::size_t count = 0;
  for (const RowBatch& batch : batches)
    count += batch.size();
  return count;
}

void RecordedOutput::emit(RowBatch batch) {
  CHECK(!batch.empty());
  CHECK(batch.times.size() == batch.rows.size());
  CHECK(batch.bytes > 0);
  batches.push_back(std::move(batch));
}

void RecordedOutput::divert(SideStream stream, std::size_t port, const RowBatch& rows) {
  for (std::size_t i = 0; i < rows.size(); ++i)
    diverted.push_back({stream, port, rows.rows[i], rows.times[i]});
  kept_.push_back(rows);
}

Status RecordedOutput::reject(std::size_t port,
                              const RowBatch& rows,
                              std::size_t row,
                              std::string_view reason) {
  CHECK(row < rows.size());
  rejected.push_back({port, rows.rows[row], std::string(reason)});
  kept_.push_back(rows);
  if (stops_on_errors) return Error(ErrorKind::Plugin, std::string(reason));
  return Done{};
}

Status RecordedOutput::reject_window(std::string_view key,
                                     WindowBounds window,
                                     std::string_view reason) {
  rejected_windows.push_back({std::string(key), window, std::string(reason)});
  if (stops_on_errors) return Error(ErrorKind::Plugin, std::string(reason));
  return Done{};
}

}  // namespace weir::harness
