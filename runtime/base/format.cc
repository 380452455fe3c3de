#include "base/format.h"

#include <fmt/format.h>

namespace weir {

std::string format_arguments(fmt::string_view pattern, fmt::format_args arguments) {
  return fmt::vformat(pattern, arguments);
}

}  // namespace weir
