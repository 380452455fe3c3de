#include "views.h"

namespace video_versions::v2_0 {

// As 1.2 would have gone on from 1.0 or 1.1.
MinuteCounts from_first(const video::MinuteCounts& first) {
  v1_2::MinuteCounts before;
  fields_of_first(before) = fields_of_first(first);
  return from_numbers(before);
}
// 2.0.1: 2.0 that says how the states of before become its own.
WEIR_MIGRATE(MinuteCounts, from_first, from_numbers)

}  // namespace video_versions::v2_0

WEIR_VIDEO("2.0.1", video_versions::Rules2_0)
