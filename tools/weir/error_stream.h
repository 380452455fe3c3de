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
  std::string id;  // "3:17": partition (of files: which one) and offset in the stream.
  std::string job;
  std::string operator_uid;
  std::string reason;
  std::string field;
  std::uint64_t position = 0;
  // Where the record came from; only of records that were read from a source.
  std::optional<std::string> topic;
  std::int64_t partition = 0;
  std::int64_t offset = 0;
  std::optional<std::int64_t> timestamp;  // ms UTC
  std::string key;
  std::optional<std::string> value;
  std::optional<std::int64_t> value_size;  // Only when `value` was cut.
  std::string document;                    // All of it, as it stands in the stream.
};

// Everything that stands there now, in order. Lines that are no such record are counted only.
struct ErrorStream {
  std::vector<SetAside> records;
  std::size_t unreadable = 0;
};

// Waits for the outside world; an interrupt ends it with Unavailable.
Result<ErrorStream> read_error_stream(const JobSpec& job,
                                      HostConnectors& connectors,
                                      Interrupts& interrupts);

}  // namespace weir
