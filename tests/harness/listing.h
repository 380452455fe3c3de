#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <weir/abi.h>

#include "harness/event.h"

namespace weir::harness {

// What a window over rows, or a coGroup, makes of one key: one row that lists all rows it was
// given.
struct ListingRow {
  weir_text text;
};

// Functions that list events. A group with a row of this note is refused.
inline constexpr std::string_view kBadNote = "bad";
weir_functions listing_functions();

// "user [start, end) left: 3@17(note) … right: …"; a side's rows in the order given.
std::string text_of_listing(std::string_view user,
                            std::int64_t start,
                            std::int64_t end,
                            const std::vector<std::vector<Input>>& sides);
std::string text_of_listing_row(const void* row);

}  // namespace weir::harness
