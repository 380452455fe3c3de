#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

namespace weir {

// Lines up the barriers of several inputs: an input whose barrier has arrived is blocked until
// the others' have, so that everything before a barrier is apart from everything after it.
// An ended input counts as arrived. One epoch at a time. A pure value.
class BarrierAlignment final {
 public:
  explicit BarrierAlignment(std::size_t input_count);

  // Each returns the epoch whose barrier has now arrived everywhere; all inputs are free again.
  std::optional<std::uint64_t> arrive(std::size_t input, std::uint64_t epoch);
  std::optional<std::uint64_t> end(std::size_t input);

  // Whether the input may be read. An ended one stays blocked.
  bool is_blocked(std::size_t input) const { return inputs_[input] != InputState::Open; }
  bool is_aligning() const { return arrived_ > 0; }

 private:
  enum class InputState : unsigned char { Open, Arrived, Ended };

  std::optional<std::uint64_t> complete();

  std::vector<InputState> inputs_;
  std::size_t open_;
  std::size_t arrived_ = 0;
  std::uint64_t epoch_ = 0;  // The one being aligned; before that the last one.
};

}  // namespace weir
