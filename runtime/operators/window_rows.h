#pragma once

#include <memory>
#include <vector>

#include <weir/abi.h>

#include "base/result.h"
#include "flow/operator.h"
#include "model/key.h"
#include "model/schema.h"
#include "model/window.h"

namespace weir {

struct WindowRowsOptions {
  WindowSpec window;
  KeyGroupRange groups;  // Of the task; rows of other groups are a bug.
  // The record of each input, one side each: one for a window over all rows, two for a coGroup.
  std::vector<std::shared_ptr<const RecordSchema>> inputs;
  std::size_t output_size = 0;  // Of the output record.
  // The plugin's `fire`. Outlives the operator.
  const weir_functions* functions = nullptr;
  bool is_durable = false;  // Whether collect() is called at barriers.
  KeySchema key = {};       // Of its rows; without fields: not known.
};

// Keeps the rows of its inputs, keyed alike, once for all windows that overlap; windows that fire
// hand the plugin all rows of each key, side by side. A key with rows on one side only fires too.
//
// Rows of a side come in the order of event time; rows of one time in the order of their arrival.
// Lateness and the order of windows and keys are those of the windowed aggregate
// (window_aggregate.h).
//
// What is durable: the notes of window_intake.h and state_schema.h, and for each epoch, key, slice
// and side the rows that came in it,
//
//   section = number of the slice   group = key group
//   key     = the key's bytes  side:u8  count:u32     rows of that side before these; big-endian,
//                                                     so that chunks come back in their order
//   value   = packed rows (row_packing.h) in the order of their arrival
Result<std::unique_ptr<Operator>> make_window_rows(WindowRowsOptions options);

}  // namespace weir
