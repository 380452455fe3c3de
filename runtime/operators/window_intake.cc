#include "operators/window_intake.h"

#include <algorithm>
#include <numeric>

namespace weir {

WindowIntake::WindowIntake(const WindowSpec& spec) : slices_(spec), progress_(slices_) {
  set_bounds();
}

void WindowIntake::set_bounds() {
  late_before_ = slices_.late_before(progress_.watermark());
  complete_before_ = slices_.complete_before(progress_.watermark());
}

void WindowIntake::sort_out(const RowBatch& batch) {
  on_time_.clear();
  behind_.clear();
  late_.clear();
  std::int64_t first = batch.times[0];
  for (const std::int64_t time : batch.times)
    first = std::min(first, time);
  if (WindowSlices::bounded({first}) >= complete_before_) {
    on_time_.resize(batch.size());
    std::iota(on_time_.begin(), on_time_.end(), 0);
    return;
  }
  for (std::uint32_t row = 0; row < batch.size(); ++row) {
    const EventTime time = WindowSlices::bounded({batch.times[row]});
    if (time >= complete_before_) {
      on_time_.push_back(row);
    } else if (time >= late_before_) {
      behind_.push_back(row);
    } else {
      late_.push_back(row);
    }
  }
}

TableSet& WindowIntake::find_or_open(EventTime time, SliceTables& tables) {
  const SliceNumber slice = slices_.slice_of(time);
  recent_bounds_ = slices_.bounds_of_slice(slice);
  recent_ = tables.find(slice);
  if (recent_ == nullptr) {
    recent_ = &tables.open(slice);
    progress_.open(slice);
  }
  return *recent_;
}

WindowIntake::Again WindowIntake::fired_windows_of(SliceNumber slice) const {
  const EventTime watermark = progress_.watermark();
  return {std::max(slices_.first_window_of(slice), slices_.last_closed(watermark) + 1),
          std::min(slices_.last_window_of(slice), slices_.last_complete(watermark))};
}

void WindowIntake::advance(EventTime watermark) {
  progress_.advance(watermark);
  set_bounds();
}

void WindowIntake::drop(SliceNumber slice) {
  progress_.dropped(slice);
  recent_bounds_ = {EventTime::min(), EventTime::min()};
}

}  // namespace weir
