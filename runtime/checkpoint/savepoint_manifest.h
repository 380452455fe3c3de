#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "checkpoint/savepoint.h"

namespace weir {

inline constexpr const char* kSavepointManifest = "savepoint.json";

// JSON: magic, format, what a Savepoint holds but its name, and at the end a checksum of all that.
std::string encode_savepoint(const Savepoint& savepoint);
// Corrupt, or Incompatible when a newer program wrote it.
Result<Savepoint> decode_savepoint(std::string_view text);

}  // namespace weir
