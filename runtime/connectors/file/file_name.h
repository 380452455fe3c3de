// Names of files: patterns, and the numbers that rotation gives.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace weir::file {

// Whether a path has `*`, `?` or `[`.
bool is_pattern(std::string_view path);

// The files that a pattern matches, sorted; no folders.
Result<std::vector<std::string>> matching_files(const std::string& pattern);

// `out/labels.jsonl`, 3 → `out/labels.3.jsonl`
std::string numbered(const std::string& path, std::uint64_t number);

// The largest number of a file that is there.
Result<std::optional<std::uint64_t>> largest_number(const std::string& path);

}  // namespace weir::file
