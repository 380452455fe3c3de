#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace weir {

// Single edits (insert, drop, replace, swap neighbours) that turn one name into the other.
std::size_t edit_distance(std::string_view left, std::string_view right);

// The name that was probably meant by `typed`: the one with the fewest edits, at most one for each
// three letters; empty when none is that near.
std::string nearest_name(std::string_view typed, const std::vector<std::string>& names);

}  // namespace weir
