// How the databases of images are set up. Knows RocksDB: not for other folders.
#pragma once

#include <cstdarg>
#include <memory>

#include <rocksdb/cache.h>
#include <rocksdb/env.h>
#include <rocksdb/file_system.h>
#include <rocksdb/options.h>
#include <rocksdb/write_buffer_manager.h>

#include "checkpoint/rocks_share.h"

namespace weir {

// In place of a database's own log: that file aborts the process when it is written to again after
// a write that failed, as on a full disk (an assertion, in Debian's build), and who only looks at a
// database writes nothing. What is wrong is told by the calls that fail.
class Silence final : public rocksdb::Logger {
 public:
  using Logger::Logv;
  void Logv(const char* /*pattern*/, va_list /*arguments*/) override {}
};

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
