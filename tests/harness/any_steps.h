#pragma once

#include <cstdint>
#include <functional>
#include <vector>

#include "harness/event.h"
#include "model/window.h"

namespace weir::harness {

// Random steps for property tests, to be called inside one: watermarks move forward, and rows come
// near them, some late, with few keys, short and long.
std::vector<Step> any_steps(std::size_t port_count);

// The same with rows of any time.
std::vector<Step> any_scattered_steps(std::size_t port_count);

// Either.
std::vector<Step> any_steps_near_or_scattered(std::size_t port_count);

// Windows of up to about `slides_max` slides.
WindowSpec any_window(std::int64_t slides_max);

}  // namespace weir::harness
