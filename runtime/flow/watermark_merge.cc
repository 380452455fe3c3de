#include "flow/watermark_merge.h"

#include <algorithm>

namespace weir {

WatermarkMerge::WatermarkMerge(std::size_t input_count)
    : inputs_(input_count), active_(input_count) {}

std::size_t WatermarkMerge::add_input() {
  inputs_.emplace_back();
  ++active_;
  return inputs_.size() - 1;
}

std::optional<EventTime> WatermarkMerge::observe(std::size_t input, EventTime time) {
  Input& observed = inputs_[input];
  if (observed.state == InputState::Ended) return std::nullopt;
  const bool may_advance = observed.promise <= merged_ || observed.state == InputState::Idle;
  observed.promise = std::max(observed.promise, time);
  if (observed.state == InputState::Idle) return mark_active(input);
  return may_advance ? merge() : std::nullopt;
}

std::optional<EventTime> WatermarkMerge::mark_idle(std::size_t input) {
  return change(input, InputState::Idle);
}

std::optional<EventTime> WatermarkMerge::mark_ended(std::size_t input) {
  return change(input, InputState::Ended);
}

std::optional<EventTime> WatermarkMerge::mark_active(std::size_t input) {
  return change(input, InputState::Active);
}

std::optional<std::size_t> WatermarkMerge::holder() const {
  std::optional<std::size_t> found;
  for (std::size_t i = 0; i < inputs_.size(); ++i) {
    if (inputs_[i].state != InputState::Active) continue;
    if (!found || inputs_[i].promise < inputs_[*found].promise) found = i;
  }
  return found;
}

std::optional<EventTime> WatermarkMerge::change(std::size_t input, InputState next) {
  InputState& state = inputs_[input].state;
  if (state == next || state == InputState::Ended) return std::nullopt;
  if (state == InputState::Active) --active_;
  state = next;
  if (next == InputState::Active) ++active_;
  if (next == InputState::Ended) ++ended_;
  return merge();
}

std::optional<EventTime> WatermarkMerge::merge() {
  const std::optional<std::size_t> slowest = holder();
  if (!slowest || inputs_[*slowest].promise <= merged_) return std::nullopt;
  merged_ = inputs_[*slowest].promise;
  return merged_;
}

}  // namespace weir
