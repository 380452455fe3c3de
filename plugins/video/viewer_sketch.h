// Counts different users in a fixed number of bytes: HyperLogLog (Flajolet, Fusy, Gandouet,
// Meunier: "HyperLogLog: the analysis of a near-optimal cardinality estimation algorithm", 2007)
// with linear counting for small numbers. With 256 registers the standard error is 1.04 / sqrt(256)
// = 6.5 %, small numbers are nearly exact.
#pragma once

#include <cstdint>
#include <string_view>

#include <weir/sdk.h>

namespace video {

inline constexpr std::size_t kRegisters = 256;

// The registers, kept in a text so that they can be a field of a state.
using ViewerSketch = weir::InlineText<kRegisters>;

ViewerSketch empty_sketch();
void add_viewer(ViewerSketch& sketch, std::string_view user_id);
void merge_viewers(ViewerSketch& into, const ViewerSketch& from);
std::int64_t count_viewers(const ViewerSketch& sketch);

}  // namespace video
