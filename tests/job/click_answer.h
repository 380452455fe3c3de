// What the windows of a ClickJob must give, computed the plain way: every window keeps all its
// rows, and nothing is shared.
#pragma once

#include <cstdint>
#include <set>
#include <string>
#include <vector>

#include "model/window.h"

namespace weir {

// A click that owns its text.
struct ClickRow {
  std::int64_t tm;
  std::string user;
  std::int64_t amount;
};
using ClickRows = std::vector<ClickRow>;

// No row may be late. In no order.
ClickRows sums_of(const WindowSpec& window, const ClickRows& rows);
ClickRows pairs_of(const WindowSpec& window, const ClickRows& left, const ClickRows& right);

// As sinks write them.
std::multiset<std::string> lines_of(const ClickRows& rows);

}  // namespace weir
