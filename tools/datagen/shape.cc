#include "shape.h"

namespace weir::datagen {
namespace {

// Three of four records pass the filter: 67 of them leave 50.
constexpr std::uint64_t kTelemetryPerKey = 67;

// With a mean of 1.594 kept records for a key and window, the windows that have any hold 2 on
// average (mean / (1 - exp(-mean))); before the filter that is 2.125.
constexpr std::uint64_t kSparsePerThousandKeys = 2125;

constexpr std::uint64_t kCallPerKey = 30;

}  // namespace

Shape shape_named(std::string_view name) {
  if (name == "telemetry") {
    return {.streams = {"telemetry"}, .keys = 10'000, .window_records = 10'000 * kTelemetryPerKey};
  }
  if (name == "sparse") {
    return {.streams = {"sparse"}, .keys = 100'000, .window_records = 100 * kSparsePerThousandKeys};
  }
  if (name == "cogroup") {
    return {.streams = {"audio", "video"},
            .keys = 20'000,
            .window_records = 20'000 * kCallPerKey,
            .is_call = true};
  }
  return {};
}

}  // namespace weir::datagen
