#pragma once

#include <vector>

#include "harness/event.h"
#include "harness/operator_harness.h"
#include "model/window.h"

namespace weir::harness {

// What must be observed of a windowed operator, from the plain answer (window_answer.h); all
// sorted. Of an aggregate with totals_functions() …
Observed expected_totals(const WindowSpec& spec, const std::vector<Step>& steps);
// … and of a window over rows, or a coGroup, with listing_functions().
Observed expected_listing(const WindowSpec& spec,
                          std::size_t side_count,
                          const std::vector<Step>& steps);

}  // namespace weir::harness
