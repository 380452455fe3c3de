#pragma once

#include <filesystem>
#include <string>
#include <string_view>

#include "base/result.h"

namespace weir {

// SHA-256 in hex, as sha256sum prints it.
std::string sha256_of(std::string_view bytes);

// Of what the file holds, piece by piece. NotFound, or Unavailable when it cannot be read.
Result<std::string> sha256_of_file(const std::filesystem::path& path);

// Whether it looks like one.
bool is_sha256(std::string_view text);

}  // namespace weir
