// A shared library of which there are two versions, COMPANION_VERSION 1 and 2, that must not be
// mixed: an inline function, a variable and the size of a struct are not the same.
#pragma once

#include <cstdint>

#define COMPANION_EXPORT __attribute__((visibility("default")))

namespace companion {

struct Scale {
#if COMPANION_VERSION >= 2
  std::int64_t offset = 1000;
  std::int64_t spare[6] = {};
#endif
  std::int64_t factor = COMPANION_VERSION;
};

// Compiled into whoever uses it, and into the library.
inline COMPANION_EXPORT std::int64_t apply_inline(const Scale& scale, std::int64_t value) {
#if COMPANION_VERSION >= 2
  return scale.offset + scale.factor * value;
#else
  return scale.factor * value;
#endif
}

COMPANION_EXPORT extern std::int64_t version;

// Every byte of it is the library's to write.
COMPANION_EXPORT void fill(Scale& scale);
COMPANION_EXPORT std::int64_t apply(const Scale& scale, std::int64_t value);
COMPANION_EXPORT std::int64_t size_of_scale();

}  // namespace companion
