#pragma once

#include <map>
#include <span>
#include <string>
#include <string_view>

#include "connectors/source.h"
#include "flow/split_watermarks.h"
#include "state/state_delta.h"

namespace weir {

// What is durable of a source beside its positions: how far event time is in each split, however
// many tasks read them.
//
//   section = 0   group = 0   key = the split's name
//   value   = largest_time:i64  promise:i64  silence:i64  is_idle:u8     numbers little-endian;
//             times in ms, silence in ns: how long the split has been listened to without a row
//
// Owned by a source task.
class SplitState final {
 public:
  Status restore(StateReader& state);

  // Splits `first` and those behind it are new to the task: go on where they stood.
  void resume(std::span<const Split> splits, std::size_t first, SplitWatermarks& watermarks) const;

  // Hands over those that have changed since the last time.
  void collect(std::span<const Split> splits, const SplitWatermarks& watermarks, StateDelta& delta);

 private:
  class Intake;

  std::map<std::string, std::string, std::less<>> written_;  // Values, as they are in the image.
};

}  // namespace weir
