// All that ever travels in a channel, in order.
#pragma once

#include <cstdint>
#include <variant>

#include "model/event_time.h"
#include "model/row_batch.h"

namespace weir {

class CodeFlip;

// A promise: no row with an earlier or equal event time follows that is not late.
struct Watermark {
  EventTime time;
};

// The sender has nothing to say about time for now: it does not hold the watermark back until the
// next row or watermark.
struct Idle {};

// Everything before it belongs to the epoch, everything after it does not.
struct Barrier {
  std::uint64_t epoch = 0;
  const CodeFlip* flip = nullptr;  // What handles everything after it, when that changes here.
};

// Nothing follows.
struct EndOfStream {};

using StreamItem = std::variant<RowBatch, Watermark, Idle, Barrier, EndOfStream>;

}  // namespace weir
