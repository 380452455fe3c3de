#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "base/result.h"
#include "flow/operator.h"
#include "model/key.h"
#include "model/row_batch.h"
#include "model/window.h"
#include "operators/window_progress.h"
#include "state/slice_tables.h"
#include "state/state_delta.h"

namespace weir {

// The front of a windowed operator: which rows of a batch enter which slice, and what the watermark
// does to slices. Owned by its operator.
//
// After a restore for another number of tasks, key groups may come together of which some were
// ahead of others. The operator goes on from the smallest watermark; a group that was ahead keeps
// to its own, its floor, until the others have caught up: nothing of it fires again, and what was
// late for it is late.
//
// What is durable of it is one note of each task:
//
//   note "windows" := key_room:u32  { first_group:u32  group_count:u32  watermark:i64 }*
//   Numbers are little-endian. `key_room` is that of the tables, 0 before the first row. A
//   watermark tells which windows have fired: those it completes.
class WindowIntake final {
 public:
  WindowIntake(const WindowSpec& spec, KeyGroupRange groups);

  // Writes the note. The operator is not amid firing.
  void note(StateDelta& delta, std::size_t key_room) const;
  // Before anything else. Returns the largest key room of those who had the groups.
  Result<std::size_t> restore(const StateReader& state);
  // The slice with that number, opened if need be.
  TableSet& restored_slice(SliceNumber slice, SliceTables& tables);

  // Of the first rows: how much room their keys need.
  static std::size_t largest_key(const RowBatch& batch);

  // Whether the window has fired already for a key group of the operator, counted from its first.
  bool has_fired(std::uint32_t group, WindowNumber window) const {
    return !floors_.empty() && window <= slices_.last_complete(floors_[group]);
  }

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

  // The windows that have fired for a key group, counted from the first, and fire again when a row
  // of it enters this slice: first to last, none when first > last.
  struct Again {
    WindowNumber first;
    WindowNumber last;
  };
  Again fired_windows_of(SliceNumber slice, std::uint32_t group) const;

  // A watermark that is not ahead of the last one changes nothing.
  void advance(EventTime watermark);

  // The slice is about to be dropped.
  void drop(SliceNumber slice);

 private:
  void set_bounds();
  void forget_floors();
  void sort_out_by_group(const RowBatch& batch);
  EventTime watermark_of(std::uint32_t group) const {
    return floors_.empty() ? progress_.watermark()
                           : std::max(progress_.watermark(), floors_[group]);
  }
  TableSet& find_or_open(EventTime time, SliceTables& tables);

  WindowSlices slices_;
  KeyGroupRange groups_;
  WindowProgress progress_;
  std::vector<EventTime> floors_;  // By group; empty when the watermark has reached all.
  EventTime late_before_;          // Rows before this are late.
  EventTime complete_before_;      // Rows before this are in a complete window.

  std::vector<std::uint32_t> on_time_;
  std::vector<std::uint32_t> behind_;
  std::vector<std::uint32_t> late_;

  // The slice found last, and its bounds; rows come in crowds.
  TableSet* recent_ = nullptr;
  WindowBounds recent_bounds_{EventTime::min(), EventTime::min()};
};

}  // namespace weir
