#include "companion.h"

namespace companion {

std::int64_t version = COMPANION_VERSION;

void fill(Scale& scale) {
  scale = Scale();
}

std::int64_t apply(const Scale& scale, std::int64_t value) {
  return apply_inline(scale, value);
}

std::int64_t size_of_scale() {
  return sizeof(Scale);
}

}  // namespace companion
