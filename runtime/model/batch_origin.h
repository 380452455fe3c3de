// Which records the rows of a batch were made of.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "model/kept_records.h"

namespace weir {

// One split of one source of a job, by its names. Lives as long as the process.
struct SplitPlace {
  std::string source = {};  // uid of the source port
  std::string split = {};   // "topic/3", "path"
  std::string topic = {};
  std::int32_t partition = 0;
};

// Records of one split, from `first` to `last`, both included.
struct RecordSpan {
  const SplitPlace* place = nullptr;
  std::int64_t first = 0;
  std::int64_t last = 0;
  std::int64_t timestamp = -1;  // Of the first one, ms UTC; -1: not known.
};

// Made by the source task for each batch and handed on with everything that comes of it, so that
// a call that kills the process, does not come back, or refuses a row, can be traced to records.
struct BatchOrigin {
  std::vector<RecordSpan> spans;
  KeptRecords records;  // See RowBatch::records; empty: none are kept.

  // The bytes of the record, cut when long; only of a batch that was made of one suspicious record.
  bool has_bytes = false;
  std::string key;
  std::string value;
  std::uint64_t value_size = 0;   // Before the cut.
  std::int64_t timestamp = -1;    // ms UTC; -1: unknown.
  std::uint64_t fingerprint = 0;  // See crash/job_suspects.h.
};

}  // namespace weir
