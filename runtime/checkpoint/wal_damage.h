#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>

namespace weir {

// The first place of a write-ahead log of RocksDB that is not what was written.
struct WalDamage {
  std::filesystem::path file;
  std::uint64_t offset = 0;
  // No whole record follows in the file: a crash cut the last write short, and the log simply ends
  // here. Otherwise the disk lied.
  bool is_torn_tail = true;
};

// Looks through all logs of a database that is not open; a log that lies comes before a torn one.
// Slow: asked after the database refused to open.
std::optional<WalDamage> find_wal_damage(const std::filesystem::path& folder);

}  // namespace weir
