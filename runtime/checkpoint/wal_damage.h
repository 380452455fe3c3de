#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>

#include "base/result.h"

namespace weir {

// The first place of a write-ahead log of RocksDB that is not what was written.
struct WalDamage {
  std::filesystem::path file;
  std::uint64_t offset = 0;
  // A crash cut the last writes short, and the log simply ends here: no whole record follows in the
  // file, or the damage is a piece of it that was never written, as the power takes blocks of what
  // was not synced in any order. Otherwise the disk lied.
  bool is_torn_tail = true;
};

// Looks through all logs of a database that is not open; a log that lies comes before a torn one.
// Slow: asked after the database refused to open. An error: not all of them could be read.
Result<std::optional<WalDamage>> find_wal_damage(const std::filesystem::path& folder);

}  // namespace weir
