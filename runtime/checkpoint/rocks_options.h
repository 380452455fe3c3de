// How the databases of images are set up. Knows RocksDB: not for other folders.
#pragma once

#include <memory>

#include <rocksdb/cache.h>
#include <rocksdb/env.h>
#include <rocksdb/file_system.h>
#include <rocksdb/options.h>
#include <rocksdb/write_buffer_manager.h>

#include "checkpoint/rocks_share.h"

namespace weir {

class RocksShare final {
 public:
  // `files`: the default file system when null.
  RocksShare(const RocksShareOptions& options, const std::shared_ptr<rocksdb::FileSystem>& files);

  // For a database of its own.
  rocksdb::Options options() const;

 private:
  std::unique_ptr<rocksdb::Env> own_env_;
  rocksdb::Env* env_;
  std::shared_ptr<rocksdb::Cache> cache_;
  std::shared_ptr<rocksdb::WriteBufferManager> unflushed_;
};

}  // namespace weir
