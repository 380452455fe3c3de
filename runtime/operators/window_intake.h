#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "flow/operator.h"
#include "model/row_batch.h"
#include "model/window.h"
#include "operators/window_progress.h"
#include "state/slice_tables.h"

namespace weir {

// The front of a windowed operator: which rows of a batch enter which slice, and what the watermark
// does to slices. Owned by its operator.
class WindowIntake final {
 public:
  explicit WindowIntake(const WindowSpec& spec);

  const WindowSlices& slices() const { return slices_; }
  WindowProgress& progress() { return progress_; }

  // Takes a look at the rows' times; on_time(), behind() and late() are rows of this batch from
  // here on.
  void sort_out(const RowBatch& batch);
  // Rows that no complete window contains.
  std::span<const std::uint32_t> on_time() const { return on_time_; }
  // Rows that enter some window, and are contained in one that is complete.
  std::span<const std::uint32_t> behind() const { return behind_; }
  // Rows that no window can take.
  std::span<const std::uint32_t> late() const { return late_; }

  // The slice that a row which is not late belongs to; opened if need be.
  TableSet& slice_at(std::int64_t time, SliceTables& tables) {
    const EventTime bounded = WindowSlices::bounded({time});
    if (recent_bounds_.start <= bounded && bounded < recent_bounds_.end) return *recent_;
    return find_or_open(bounded, tables);
  }

  // The windows that have fired and fire again when a row enters this slice: first to last, none
  // when first > last.
  struct Again {
    WindowNumber first;
    WindowNumber last;
  };
  Again fired_windows_of(SliceNumber slice) const;

  void advance(EventTime watermark);

  // The slice is about to be dropped.
  void drop(SliceNumber slice);

 private:
  void set_bounds();
  TableSet& find_or_open(EventTime time, SliceTables& tables);

  WindowSlices slices_;
  WindowProgress progress_;
  EventTime late_before_;      // Rows before this are late.
  EventTime complete_before_;  // Rows before this are in a complete window.

  std::vector<std::uint32_t> on_time_;
  std::vector<std::uint32_t> behind_;
  std::vector<std::uint32_t> late_;

  // The slice found last, and its bounds; rows come in crowds.
  TableSet* recent_ = nullptr;
  WindowBounds recent_bounds_{EventTime::min(), EventTime::min()};
};

}  // namespace weir
