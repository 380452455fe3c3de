// What is written down beside the files of a version. Inside this folder only.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "registry/stored_version.h"

namespace weir {

inline constexpr const char* kVersionFacts = "version.json";

// JSON: magic, format, and what a StoredVersion holds but its hash, which is that of its first
// file, and its folder, which is where it lies.
std::string encode_version_facts(const StoredVersion& version);

// Corrupt, or Incompatible when a newer program wrote it.
Result<StoredVersion> decode_version_facts(std::string_view text);

}  // namespace weir
