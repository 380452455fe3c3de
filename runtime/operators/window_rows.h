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
};

// Keeps the rows of its inputs, keyed alike, once for all windows that overlap; windows that fire
// hand the plugin all rows of each key, side by side. A key with rows on one side only fires too.
//
// Rows of a side come in the order of event time; rows of one time in the order of their arrival.
// Lateness and the order of windows and keys are those of the windowed aggregate
// (window_aggregate.h).
Result<std::unique_ptr<Operator>> make_window_rows(WindowRowsOptions options);

}  // namespace weir
