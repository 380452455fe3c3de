// Knows RocksDB: not for other folders.
#pragma once

#include <rocksdb/status.h>

#include "base/error.h"

namespace weir {

// Unavailable for what may work later (no room, no right, a lock), Corrupt, or Incompatible.
Error error_of(const rocksdb::Status& status);

}  // namespace weir
