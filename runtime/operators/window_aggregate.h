#pragma once

#include <memory>

#include <weir/abi.h>

#include "base/result.h"
#include "flow/operator.h"
#include "model/key.h"
#include "model/schema.h"
#include "model/window.h"

namespace weir {

struct WindowAggregateOptions {
  WindowSpec window;
  KeyGroupRange groups;  // Of the task; rows of other groups are a bug.
  StateSchema state;
  std::size_t output_size = 0;  // Of the output record.
  // The plugin's `add`, `fire` and, unless windows tumble, `merge`. Outlives the operator or its
  // next flip.
  const weir_functions* functions = nullptr;
  bool is_durable = false;  // Whether collect() is called at barriers.
  KeySchema key = {};       // Of its rows; without fields: not known.
};

// One accumulator for each key and slice; windows that fire hand the plugin their keys'
// accumulators. One keyed input, port 0.
//
// Lateness is Flink's. A row whose windows are all closed is late and diverted. With allowed
// lateness a row may enter windows that have fired: each such window fires again at once, for the
// row's key, with the new result. Windows fire in the order of their ends, and their keys by key
// group; inside a group the order depends on the rows and watermarks, and not on how rows are
// batched. Tumbling windows have their keys in the order of their first rows; a window that was
// restored, first the keys it had then, in the order of their bytes.
//
// What is durable: the notes of window_intake.h and state_schema.h, and one entry for each key and
// slice,
//
//   section = number of the slice   group = key group   key = the key's bytes
//   value   = the accumulator, as it lies in memory
//
// A slice that no window needs any more is dropped for all groups of the task.
Result<std::unique_ptr<Operator>> make_window_aggregate(WindowAggregateOptions options);

}  // namespace weir
