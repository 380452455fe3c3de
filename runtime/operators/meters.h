// What tasks count while they work: written by the task's thread, read by any.
#pragma once

#include <cstdint>

#include "base/counter.h"
#include "model/event_time.h"

namespace weir {

// Of one operator on one worker. On lines of the cache of its own.
struct alignas(64) OperatorMeter {
  Counter rows_in;
  Counter bytes_in;  // Of a source: keys and values read.
  Counter rows_out;
  Counter filtered;
  Counter unnatural;
  Counter late;
  Counter errors;
  Counter rejected;
  Published<std::uint64_t> key_count;
  Published<std::uint64_t> state_bytes;
};

// Of one task.
struct alignas(64) TaskMeter {
  static constexpr std::uint32_t kNobody = UINT32_MAX;
  static constexpr std::int64_t kFree = -1;

  Published<std::int64_t> watermark{EventTime::min().milliseconds};
  // Index of the input (of a source: of the split) that holds the watermark back.
  Published<std::uint32_t> holder{kNobody};
  // Time spent waiting for room, complete stretches only, and since when it waits now (kFree: it
  // does not). Nanoseconds of the monotonic clock.
  Counter blocked;
  Published<std::int64_t> blocked_since{kFree};
};

}  // namespace weir
