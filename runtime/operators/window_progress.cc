#include "operators/window_progress.h"

#include <algorithm>

#include "base/check.h"

namespace weir {

WindowProgress::WindowProgress(const WindowSlices& slices)
    : slices_(slices), fired_through_(slices.last_complete(EventTime::min())) {}

void WindowProgress::resume(EventTime watermark) {
  watermark_ = watermark;
  fired_through_ = slices_.last_complete(watermark);
}

void WindowProgress::advance(EventTime watermark) {
  CHECK(watermark >= watermark_);
  watermark_ = watermark;
}

std::optional<WindowNumber> WindowProgress::next_complete() {
  const WindowNumber last = slices_.last_complete(watermark_);
  const auto slice = open_.lower_bound(slices_.slices_of(fired_through_ + 1).first);
  if (slice != open_.end()) {
    const WindowNumber next = std::max(fired_through_ + 1, slices_.first_window_of(*slice));
    if (next <= last) return next;
  }
  fired_through_ = last;
  return std::nullopt;
}

std::optional<SliceNumber> WindowProgress::next_expired() const {
  if (open_.empty()) return std::nullopt;
  const WindowNumber last = slices_.last_window_of(*open_.begin());
  if (last > std::min(fired_through_, slices_.last_closed(watermark_))) return std::nullopt;
  return *open_.begin();
}

}  // namespace weir
