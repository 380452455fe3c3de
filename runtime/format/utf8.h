#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace weir {

// Length of the well-formed UTF-8 sequence at the start of `rest`, which is not empty; 0 if there
// is none.
std::size_t utf8_sequence(std::string_view rest);

// Writes a code point, 1 to 4 bytes, and returns the end.
char* write_utf8(std::uint32_t code, char* out);

}  // namespace weir
