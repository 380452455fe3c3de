// Knows RocksDB: not for other folders.
#pragma once

#include <filesystem>

#include <rocksdb/env.h>

#include "base/result.h"

namespace weir {

// Makes a folder, and those above it that are missing, so that the power does not take them: the
// name of a new folder is only durable when the folder it lies in is synced. What is there already
// may have been made by somebody who died before that, and is synced too, as far as it may be.
Status make_lasting_folder(rocksdb::Env& env, const std::filesystem::path& folder);

}  // namespace weir
