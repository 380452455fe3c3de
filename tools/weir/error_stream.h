// What a job has set aside on its side stream `errors`.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "config/spec.h"
#include "host/host_connectors.h"
#include "interrupts.h"

namespace weir {

// One record of the stream.
struct SetAside {
  // 16 hex digits that stand for the record itself: where it came from, its time and its bytes;
  // where that is not known, for all that the stream has of it. Wherever in the stream it stands,
  // and however often.
  std::string id;
  std::string job;
  std::string operator_uid;  // Who could not do with it.
  std::string source;        // Where it was read; `operator_uid` when the stream does not say.
  std::string reason;
  std::string field;
  std::uint64_t position = 0;
  // Where the record came from; not of windows, and of rows that windows made.
  std::optional<std::string> topic;
  std::int64_t partition = 0;
  std::int64_t offset = 0;
  std::optional<std::int64_t> timestamp;  // ms UTC
  std::string key;
  std::optional<std::string> value;
  std::optional<std::int64_t> value_size;  // Only when `value` was cut.
  std::string document;                    // All of it, as it stands in the stream.
};

// Everything that stands there now, in order. A record that was set aside again after a crash
// stands there again, and is taken once. Lines that are no such record are counted only.
struct ErrorStream {
  std::vector<SetAside> records;
  std::size_t repeated = 0;
  std::size_t unreadable = 0;
};

// Waits for the outside world; an interrupt ends it with Unavailable.
Result<ErrorStream> read_error_stream(const JobSpec& job,
                                      HostConnectors& connectors,
                                      Interrupts& interrupts);

}  // namespace weir
