#include "model/window.h"

#include <algorithm>

#include "base/check.h"

namespace weir {
namespace {

// Rows are kept inside narrower bounds than watermarks, so that the last watermark completes and
// closes every window, and the first one none.
constexpr std::int64_t kWatermarkMax = WindowSlices::kRowTimeMax + 4 * WindowSlices::kWindowSpanMax;

std::int64_t bounded_watermark(EventTime watermark) {
  return std::clamp(watermark.milliseconds, -kWatermarkMax, kWatermarkMax);
}

const WindowSpec& checked(const WindowSpec& spec) {
  CHECK(WindowSlices::is_valid(spec));
  return spec;
}

std::int64_t divide_down(std::int64_t number, std::int64_t divisor) {
  const std::int64_t quotient = number / divisor;
  return quotient - (number % divisor < 0 ? 1 : 0);
}

}  // namespace

WindowSlices::WindowSlices(const WindowSpec& spec)
    : spec_(checked(spec)),
      remainder_(spec.size % spec.slide),
      slices_per_slide_(remainder_ == 0 ? 1 : 2),
      slices_per_window_(spec.size / spec.slide * slices_per_slide_ + (remainder_ == 0 ? 0 : 1)) {}

bool WindowSlices::is_valid(const WindowSpec& spec) {
  return spec.size > 0 && spec.size <= kWindowSpanMax && spec.slide > 0 &&
         spec.slide <= spec.size && spec.offset >= 0 && spec.offset < spec.slide &&
         spec.allowed_lateness >= 0 && spec.allowed_lateness <= kWindowSpanMax;
}

SliceNumber WindowSlices::slice_of(EventTime time) const {
  const std::int64_t since = bounded(time).milliseconds - spec_.offset;
  const std::int64_t slide = divide_down(since, spec_.slide);
  if (slices_per_slide_ == 1) return slide;
  return 2 * slide + (since - slide * spec_.slide >= remainder_ ? 1 : 0);
}

WindowBounds WindowSlices::bounds_of_slice(SliceNumber slice) const {
  const std::int64_t slide = divide_down(slice, slices_per_slide_);
  const std::int64_t start = slide * spec_.slide + spec_.offset;
  if (slices_per_slide_ == 1) return {{start}, {start + spec_.slide}};
  const std::int64_t middle = start + remainder_;
  if (slice == 2 * slide) return {{start}, {middle}};
  return {{middle}, {start + spec_.slide}};
}

WindowBounds WindowSlices::bounds_of(WindowNumber window) const {
  const std::int64_t start = window * spec_.slide + spec_.offset;
  return {{start}, {start + spec_.size}};
}

SliceRange WindowSlices::slices_of(WindowNumber window) const {
  const SliceNumber first = window * slices_per_slide_;
  return {first, first + slices_per_window_};
}

WindowNumber WindowSlices::first_window_of(SliceNumber slice) const {
  return divide_down(slice - slices_per_window_, slices_per_slide_) + 1;
}

WindowNumber WindowSlices::last_window_of(SliceNumber slice) const {
  return divide_down(slice, slices_per_slide_);
}

WindowNumber WindowSlices::last_complete(EventTime watermark) const {
  return divide_down(bounded_watermark(watermark) + 1 - spec_.size - spec_.offset, spec_.slide);
}

WindowNumber WindowSlices::last_closed(EventTime watermark) const {
  return last_complete({bounded_watermark(watermark) - spec_.allowed_lateness});
}

}  // namespace weir
