#include "operators/window_intake.h"

#include <algorithm>
#include <numeric>
#include <string>
#include <string_view>

#include "base/packed.h"

namespace weir {

namespace {

constexpr std::string_view kNote = "windows";

}  // namespace

WindowIntake::WindowIntake(const WindowSpec& spec, KeyGroupRange groups)
    : slices_(spec), groups_(groups), progress_(slices_) {
  set_bounds();
}

void WindowIntake::note(StateDelta& delta, std::size_t key_room) const {
  const auto room = static_cast<std::uint32_t>(key_room);
  std::string text(packed(room));
  for (std::uint32_t first = 0; first < groups_.count;) {
    std::uint32_t end = first + 1;
    while (end < groups_.count && watermark_of(end) == watermark_of(first))
      ++end;
    text += packed(groups_.first + first);
    text += packed(end - first);
    text += packed(watermark_of(first).milliseconds);
    first = end;
  }
  delta.note(kNote, text);
}

Result<std::size_t> WindowIntake::restore(const StateReader& state) {
  std::size_t key_room = 0;
  floors_.assign(groups_.count, EventTime::min());
  for (const std::string& text : state.notes(kNote)) {
    PackedReader reader(text);
    const std::size_t room = reader.take<std::uint32_t>();
    while (!reader.is_at_end()) {
      const auto first = reader.take<std::uint32_t>();
      const auto count = reader.take<std::uint32_t>();
      const EventTime watermark{reader.take<std::int64_t>()};
      for (std::uint32_t group = 0; group < groups_.count; ++group) {
        const std::uint32_t wanted = groups_.first + group;
        if (wanted < first || wanted - first >= count) continue;
        floors_[group] = watermark;
        key_room = std::max(key_room, room);
      }
    }
    if (reader.is_torn()) return Error(ErrorKind::Corrupt, "note of windows is torn");
  }
  if (floors_.empty()) return key_room;
  progress_.resume(*std::ranges::min_element(floors_));
  set_bounds();
  forget_floors();
  return key_room;
}

TableSet& WindowIntake::restored_slice(SliceNumber slice, SliceTables& tables) {
  TableSet* set = tables.find(slice);
  if (set == nullptr) {
    set = &tables.open(slice);
    progress_.open(slice);
    set->changes().set_stored();
  }
  return *set;
}

std::size_t WindowIntake::largest_key(const RowBatch& batch) {
  std::size_t largest = 0;
  for (const KeyView& key : batch.keys)
    largest = std::max<std::size_t>(largest, key.size);
  return largest;
}

void WindowIntake::set_bounds() {
  late_before_ = slices_.late_before(progress_.watermark());
  complete_before_ = slices_.complete_before(progress_.watermark());
}

// All windows that the watermark completes have fired.
void WindowIntake::forget_floors() {
  const auto is_reached = [&](EventTime floor) { return floor <= progress_.watermark(); };
  if (std::ranges::all_of(floors_, is_reached)) floors_.clear();
}

void WindowIntake::sort_out(const RowBatch& batch) {
  on_time_.clear();
  behind_.clear();
  late_.clear();
  if (!floors_.empty()) return sort_out_by_group(batch);
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

void WindowIntake::sort_out_by_group(const RowBatch& batch) {
  for (std::uint32_t row = 0; row < batch.size(); ++row) {
    const EventTime time = WindowSlices::bounded({batch.times[row]});
    const EventTime watermark = watermark_of(groups_.index_of(batch.keys[row].hash));
    if (time >= slices_.complete_before(watermark)) {
      on_time_.push_back(row);
    } else if (time >= slices_.late_before(watermark)) {
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

WindowIntake::Again WindowIntake::fired_windows_of(SliceNumber slice, std::uint32_t group) const {
  const EventTime watermark = watermark_of(group);
  return {std::max(slices_.first_window_of(slice), slices_.last_closed(watermark) + 1),
          std::min(slices_.last_window_of(slice), slices_.last_complete(watermark))};
}

void WindowIntake::advance(EventTime watermark) {
  if (watermark <= progress_.watermark()) return;
  forget_floors();
  progress_.advance(watermark);
  set_bounds();
}

void WindowIntake::drop(SliceNumber slice) {
  progress_.dropped(slice);
  recent_bounds_ = {EventTime::min(), EventTime::min()};
}

}  // namespace weir
