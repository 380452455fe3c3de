#include "operators/split_state.h"

#include <algorithm>

#include "base/packed.h"

namespace weir {
namespace {

std::string text_of(const SplitWatermarks::Standing& standing) {
  const std::int64_t silence = standing.silence.count();
  const std::uint8_t is_idle = standing.is_idle ? 1 : 0;
  std::string text(packed(standing.largest));
  text += packed(standing.promise.milliseconds);
  text += packed(silence);
  text += packed(is_idle);
  return text;
}

SplitWatermarks::Standing standing_of(PackedReader reader) {
  SplitWatermarks::Standing standing;
  standing.largest = reader.take<std::int64_t>();
  standing.promise = {reader.take<std::int64_t>()};
  standing.silence = std::chrono::nanoseconds(reader.take<std::int64_t>());
  standing.is_idle = reader.take<std::uint8_t>() != 0;
  return standing;
}

}  // namespace

class SplitState::Intake final : public StateIntake {
 public:
  explicit Intake(SplitState& state) : state_(state) {}
  Status take(const StatePlace& place, std::string_view value) override {
    if (value.size() != text_of({}).size())
      return Error(ErrorKind::Corrupt, "an entry is no split's");
    state_.written_.insert_or_assign(std::string(place.key), std::string(value));
    return Done{};
  }

 private:
  SplitState& state_;
};

Status SplitState::restore(StateReader& state) {
  Intake intake(*this);
  return state.read(0, 1, intake);
}

void SplitState::resume(std::span<const Split> splits,
                        std::size_t first,
                        SplitWatermarks& watermarks) const {
  for (std::size_t i = first; i < splits.size(); ++i) {
    const auto written = written_.find(splits[i].name);
    if (written != written_.end()) watermarks.resume(i, standing_of(PackedReader(written->second)));
  }
}

void SplitState::collect(std::span<const Split> splits,
                         const SplitWatermarks& watermarks,
                         StateDelta& delta) {
  const std::size_t count = std::min(splits.size(), watermarks.split_count());
  for (std::size_t i = 0; i < count; ++i) {
    std::string text = text_of(watermarks.standing(i));
    std::string& written = written_[splits[i].name];
    if (written == text) continue;
    written = std::move(text);
    delta.put(0, 0, {splits[i].name}, {written});
  }
}

}  // namespace weir
