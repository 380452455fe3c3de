#include "model/key.h"

#include <xxhash.h>

namespace weir {

std::uint64_t hash_key(std::string_view bytes) {
  return XXH3_64bits(bytes.data(), bytes.size());
}

}  // namespace weir
