#pragma once

#include <cstddef>
#include <optional>
#include <vector>

#include "model/event_time.h"

namespace weir {

// Merges the watermarks of several inputs: the output may only promise what every active input
// has promised. Idle and ended inputs do not hold the others back, and never move the output
// past the promise of an active one. The output never goes back. A pure value.
class WatermarkMerge final {
 public:
  explicit WatermarkMerge(std::size_t input_count);

  // Before anything else: it has promised that much already.
  void resume(EventTime promised) { merged_ = promised; }

  // Another input, active and without a promise. Returns its index.
  std::size_t add_input();

  // Each returns the new merged watermark if this advances it. What comes after an input's end
  // is ignored.
  std::optional<EventTime> observe(std::size_t input, EventTime time);  // Makes it active, too.
  std::optional<EventTime> mark_idle(std::size_t input);
  std::optional<EventTime> mark_ended(std::size_t input);
  // It has something to say again, with the promise it gave before.
  std::optional<EventTime> mark_active(std::size_t input);

  EventTime merged() const { return merged_; }
  EventTime promise(std::size_t input) const { return inputs_[input].promise; }
  std::size_t input_count() const { return inputs_.size(); }
  bool is_idle(std::size_t input) const { return inputs_[input].state == InputState::Idle; }

  // Nobody is active, and somebody has not ended: there is nothing to say about time.
  bool is_idle() const { return active_ == 0 && ended_ < inputs_.size(); }
  // True also without any input.
  bool has_ended() const { return ended_ == inputs_.size(); }

  // The active input that holds the output back.
  std::optional<std::size_t> holder() const;

 private:
  enum class InputState : unsigned char { Active, Idle, Ended };
  struct Input {
    EventTime promise = EventTime::min();
    InputState state = InputState::Active;
  };

  std::optional<EventTime> change(std::size_t input, InputState next);
  std::optional<EventTime> merge();

  std::vector<Input> inputs_;
  std::size_t active_;
  std::size_t ended_ = 0;
  EventTime merged_ = EventTime::min();
};

}  // namespace weir
