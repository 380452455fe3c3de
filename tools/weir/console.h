#pragma once

#include <iosfwd>

namespace weir {

// Where a subcommand speaks to: results here, troubles there. The streams outlive it.
struct Console {
  std::ostream& out;
  std::ostream& error;
};

}  // namespace weir
