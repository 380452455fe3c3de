#pragma once

#include <string_view>

namespace weir {

// Prints where and what was broken to standard error, then aborts.
[[noreturn]] void check_failed(const char* file,
                               int line,
                               const char* condition,
                               std::string_view message = {});

}  // namespace weir

// Ends the process when `condition` is false, in every build: a broken invariant is a bug, and
// a restart from the last checkpoint is safer than going on. A second argument, a text, is
// printed as well.
#define CHECK(condition, ...)                                                          \
  do {                                                                                 \
    if (!(condition)) [[unlikely]]                                                     \
      ::weir::check_failed(__FILE__, __LINE__, #condition __VA_OPT__(, ) __VA_ARGS__); \
  } while (false)
