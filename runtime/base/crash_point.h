// Named places where a test lets the process die as if by kill -9.
#pragma once

#include <string_view>

namespace weir {

// Whether WEIR_CRASH is set; read once.
extern const bool kMayCrash;

// Kills the process with SIGKILL when WEIR_CRASH says NAME:N and this is passage N of NAME.
void pass_crash_point(std::string_view name);

}  // namespace weir

// WEIR_CRASH_POINT("epoch.prepared"): costs one load unless the process is there to die. The names
// are read from the source by tests/e2e/crash_test.py, which dies at each.
#define WEIR_CRASH_POINT(name)            \
  do {                                    \
    if (::weir::kMayCrash) [[unlikely]] { \
      ::weir::pass_crash_point(name);     \
    }                                     \
  } while (false)
