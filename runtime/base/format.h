#pragma once

#include <string>

#include <fmt/core.h>

namespace weir {

// The text of `pattern` with its arguments filled in. Use format().
std::string format_arguments(fmt::string_view pattern, fmt::format_args arguments);

// format("{} of {} rows", 3, 10); the pattern is checked when compiling.
template <class... Args>
std::string format(fmt::format_string<Args...> pattern, Args&&... args) {
  return format_arguments(pattern, fmt::make_format_args(args...));
}

}  // namespace weir
