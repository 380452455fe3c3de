#include "checkpoint/rocks_options.h"

#include <utility>

#include <rocksdb/memtablerep.h>
#include <rocksdb/table.h>

namespace weir {
namespace {

constexpr std::size_t kFlushAtBytes = 16 << 20;

rocksdb::BlockBasedTableOptions table_options(std::shared_ptr<rocksdb::Cache> cache) {
  rocksdb::BlockBasedTableOptions table;
  table.block_cache = std::move(cache);
  table.block_size = 16 << 10;  // Read in ranges only.
  table.cache_index_and_filter_blocks = true;
  table.checksum = rocksdb::kXXH3;
  return table;
}

}  // namespace

RocksShare::RocksShare(const RocksShareOptions& options,
                       const std::shared_ptr<rocksdb::FileSystem>& files)
    : own_env_(files ? rocksdb::NewCompositeEnv(files) : nullptr),
      env_(own_env_ ? own_env_.get() : rocksdb::Env::Default()),
      cache_(rocksdb::NewLRUCache(options.cache_bytes)),
      unflushed_(std::make_shared<rocksdb::WriteBufferManager>(options.unflushed_bytes_max)) {
  env_->SetBackgroundThreads(options.background_threads, rocksdb::Env::LOW);
  env_->SetBackgroundThreads(1, rocksdb::Env::HIGH);
}

rocksdb::Options RocksShare::options() const {
  rocksdb::Options options;
  options.env = env_;
  options.create_if_missing = true;
  options.table_factory.reset(rocksdb::NewBlockBasedTableFactory(table_options(cache_)));
  options.compression = rocksdb::kLZ4Compression;

  // Nothing is read while a job runs: appended now, sorted when it is flushed.
  options.memtable_factory = std::make_shared<rocksdb::VectorRepFactory>();
  options.allow_concurrent_memtable_write = false;
  options.write_buffer_size = kFlushAtBytes;
  options.max_write_buffer_number = 4;
  options.max_write_buffer_size_to_maintain = 1;  // Keys are not locked: nobody asks for history.
  options.write_buffer_manager = unflushed_;

  // Hundreds of databases in one process: few files open, nothing said.
  options.max_open_files = 64;
  options.info_log = std::make_shared<Silence>();
  options.stats_dump_period_sec = 0;
  options.stats_persist_period_sec = 0;
  options.max_manifest_file_size = 4 << 20;
  return options;
}

std::shared_ptr<RocksShare> make_rocks_share(const RocksShareOptions& options) {
  return std::make_shared<RocksShare>(options, nullptr);
}

}  // namespace weir
