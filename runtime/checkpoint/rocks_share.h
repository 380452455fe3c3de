#pragma once

#include <cstddef>
#include <memory>

namespace weir {

// What all images of one host share, whether one or hundreds: the cache for what is read, the limit
// of what is kept in memory before it is written to files, and background threads. Safe from any
// thread; kept alive by the images that use it.
class RocksShare;

struct RocksShareOptions {
  std::size_t cache_bytes = 32 << 20;
  std::size_t unflushed_bytes_max = 256 << 20;  // Of all images together; then the writer flushes.
  int background_threads = 2;
};

std::shared_ptr<RocksShare> make_rocks_share(const RocksShareOptions& options = {});

}  // namespace weir
