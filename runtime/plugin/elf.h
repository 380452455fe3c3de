// Looks into shared libraries without loading them.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"

namespace weir {

// The bytes of the one section of that name in a 64-bit little-endian ELF file; they lie in `file`.
// NotFound when there is none; Corrupt when the file contradicts itself. Reads nothing outside of
// `file`, whatever stands in it.
Result<std::string_view> find_elf_section(std::string_view file, std::string_view name);

// The name that the linker gave the file by its content, in hex; empty when it gave none.
std::string read_build_id(std::string_view file);

}  // namespace weir
