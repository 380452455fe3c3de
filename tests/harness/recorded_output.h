#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "flow/operator.h"

namespace weir::harness {

// A row that was set aside.
struct Diverted {
  SideStream stream;
  std::size_t port;
  const void* row;
  std::int64_t time;
};

// A row that was refused.
struct Rejected {
  std::size_t port;
  const void* row;
  std::string reason;
};

struct RejectedWindow {
  std::string key;
  WindowBounds window;
  std::string reason;
};

// Keeps all that an operator hands on, and the memory it lives in.
class RecordedOutput final : public Output {
 public:
  // Makes reject() and reject_window() fail, as on_error = "stop" does.
  bool stops_on_errors = false;

  std::vector<RowBatch> batches;
  std::vector<Diverted> diverted;
  std::vector<Rejected> rejected;
  std::vector<RejectedWindow> rejected_windows;

  std::size_t row_count() const;

  void emit(RowBatch batch) override;
  void divert(SideStream stream, std::size_t port, const RowBatch& rows) override;
  Status reject(std::size_t port,
                const RowBatch& rows,
                std::size_t row,
                std::string_view reason) override;
  Status reject_window(std::string_view key, WindowBounds window, std::string_view reason) override;

 private:
  std::vector<RowBatch> kept_;  // What was set aside: keeps its rows alive.
};

}  // namespace weir::harness
