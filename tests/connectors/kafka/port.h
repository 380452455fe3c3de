#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/error.h"
#include "connectors/kafka/kafka.h"
#include "fakes/recorded_log.h"

namespace weir::kafka {

// A record as a test keeps it.
struct Kept {
  std::string split;
  std::int64_t offset = 0;
  std::int64_t timestamp = 0;
  std::string key;
  std::string value;
  bool has_key = false;
  bool has_value = true;
  std::vector<std::pair<std::string, std::string>> headers;
};

// Whether `condition` came true within the time a busy machine may need.
bool eventually(const std::function<bool()>& condition);

// The time of the machine, ms UTC, and as RFC 3339 writes it.
std::int64_t now_ms();
std::string rfc3339(std::int64_t milliseconds);

// A source that is read the way a worker does, with as many readers as workers.
class SourceRun final {
 public:
  SourceRun(const PortRequest& request,
            std::size_t readers,
            const std::vector<SplitPosition>& restored = {});

  // Polls every reader once. Nothing after an error.
  void step(std::size_t records_max = 256);
  // Steps until there are so many records, or an error. False: they did not come.
  bool read(std::size_t count);
  // Steps until the source ended or failed.
  bool read_to_end();
  bool has_ended() const;
  bool knows_splits() const;

  const std::vector<Kept>& records() const { return records_; }
  std::vector<std::string> values() const;
  std::vector<SplitPosition> positions() const;
  std::map<std::string, Split> splits() const;
  std::size_t splits_of(std::size_t reader) const { return readers_[reader]->splits().size(); }
  const std::optional<Error>& failure() const { return failure_; }
  Source& source() { return *source_; }
  std::vector<std::string> log() const { return log_.lines(); }

 private:
  fakes::RecordedLog log_{LogLevel::Info};
  std::unique_ptr<Connector> connector_;
  std::unique_ptr<Source> source_;
  std::vector<std::unique_ptr<SourceReader>> readers_;
  std::vector<Kept> records_;
  std::optional<Error> failure_;
};

// A sink that is written the way a worker does.
class SinkRun final {
 public:
  SinkRun(const PortRequest& request, std::size_t writers);

  // Writes all, in as many calls as it takes, and flushes. False: it failed.
  bool write(std::size_t writer, const std::vector<OutMessage>& messages);
  bool flush(std::size_t writer);

  const std::optional<Error>& failure() const { return failure_; }
  SinkWriter& writer(std::size_t index) { return *writers_[index]; }
  Sink& sink() { return *sink_; }
  std::vector<std::string> log() const { return log_.lines(); }

 private:
  fakes::RecordedLog log_{LogLevel::Info};
  std::unique_ptr<Connector> connector_;
  std::unique_ptr<Sink> sink_;
  std::vector<std::unique_ptr<SinkWriter>> writers_;
  std::optional<Error> failure_;
};

}  // namespace weir::kafka
