#pragma once

#include <memory>
#include <thread>

#include "base/clock.h"
#include "connectors/file/output_file.h"
#include "connectors/file/output_queue.h"
#include "connectors/sink.h"

namespace weir::file {

// Messages as lines of one file at a time. Disks make one wait: a thread of the sink writes and
// syncs, its writers only hand lines over.
class LinesSink final : public Sink {
 public:
  // `clock` outlives the sink.
  LinesSink(SinkOptions options, const Clock& clock);
  ~LinesSink() override;  // Writes what was handed over.
  LinesSink(const LinesSink&) = delete;
  LinesSink& operator=(const LinesSink&) = delete;

  Delivery delivery() const override { return Delivery::AtLeastOnce; }
  Result<std::vector<std::unique_ptr<SinkWriter>>> open_writers(std::size_t count) override;

 private:
  void work(OutputFile file);

  SinkOptions options_;
  const Clock& clock_;
  OutputQueue queue_;
  std::thread thread_;  // Has the file.
};

}  // namespace weir::file
