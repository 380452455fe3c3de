#include "operators/slice_collection.h"

#include "base/check.h"

namespace weir {
namespace {

// What one step may cost: some hundred microseconds.
constexpr std::size_t kEntriesPerStep = 2'048;
constexpr std::size_t kBytesPerStep = std::size_t{512} << 10;

}  // namespace

void SliceCollection::begin(SliceTables* slices, StateDelta& delta) {
  CHECK(delta_ == nullptr, "the last epoch is not collected yet");
  if (slices == nullptr) return;
  slices_ = slices;
  delta_ = &delta;
  delta.reserve(slices->begin_collection());
  const KeyGroupRange& groups = slices->groups();
  for (const SliceNumber slice : slices->take_dropped()) {
    delta.drop({.section = slice,
                .first_group = static_cast<std::uint16_t>(groups.first),
                .group_count = static_cast<std::uint16_t>(groups.count)});
  }
}

void SliceCollection::touch(TableBatch& found,
                            const std::function<SliceNumber(std::size_t)>& slice_of) {
  for (const std::uint32_t i : found.touch()) {
    CHECK(delta_ != nullptr);
    write_(*delta_, {.slice = slice_of(i), .group = found.group(i), .entry = found.entry(i)});
  }
}

bool SliceCollection::go_on() {
  if (delta_ == nullptr) return true;
  const std::size_t bytes_max = delta_->bytes() + kBytesPerStep;
  for (std::size_t i = 0; i < kEntriesPerStep && delta_->bytes() < bytes_max; ++i) {
    const auto changed = slices_->next_changed();
    if (!changed) {
      delta_ = nullptr;
      return true;
    }
    write_(*delta_, *changed);
  }
  return false;
}

}  // namespace weir
