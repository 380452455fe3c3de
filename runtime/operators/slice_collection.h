#pragma once

#include <functional>

#include "state/slice_tables.h"
#include "state/state_delta.h"

namespace weir {

// Hands over what has changed in the slices of an operator, epoch by epoch and bit by bit. Owned by
// the operator.
//
//   begin(slices, delta)                             at a barrier
//   before values of touched entries change:  write_overdue(…)
//   go_on()                                          until it says that all is written
class SliceCollection final {
 public:
  // Writes one entry as it is.
  using Write = std::function<void(StateDelta& delta, const SliceTables::Changed& changed)>;
  explicit SliceCollection(Write write) : write_(std::move(write)) {}

  // `slices` may be null: there is nothing yet. The delta lives until go_on() says true.
  void begin(SliceTables* slices, StateDelta& delta);

  // Touches what the batch found in `slices` (all of it), and writes what has to be first.
  void touch(TableBatch& found, const std::function<SliceNumber(std::size_t)>& slice_of);

  // A bounded piece of work. Whether all of this epoch is written.
  bool go_on();

 private:
  Write write_;
  SliceTables* slices_ = nullptr;
  StateDelta* delta_ = nullptr;  // Null: all is written.
};

}  // namespace weir
