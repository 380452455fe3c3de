#include "config/nearest.h"

#include <algorithm>

namespace weir {
namespace {

// Names are short; comparing longer ones costs time and helps nobody.
constexpr std::size_t kNameMax = 100;

}  // namespace

std::size_t edit_distance(std::string_view left, std::string_view right) {
  const std::size_t width = right.size() + 1;
  std::vector<std::size_t> before_last(width);
  std::vector<std::size_t> last(width);
  std::vector<std::size_t> row(width);
  for (std::size_t column = 0; column < width; ++column)
    row[column] = column;
  for (std::size_t line = 1; line <= left.size(); ++line) {
    before_last.swap(last);
    last.swap(row);
    row[0] = line;
    for (std::size_t column = 1; column < width; ++column) {
      const bool is_same = left[line - 1] == right[column - 1];
      row[column] =
          std::min({last[column] + 1, row[column - 1] + 1, last[column - 1] + (is_same ? 0 : 1)});
      const bool is_swapped = line > 1 && column > 1 && left[line - 1] == right[column - 2] &&
                              left[line - 2] == right[column - 1];
      if (is_swapped) row[column] = std::min(row[column], before_last[column - 2] + 1);
    }
  }
  return row.back();
}

std::string nearest_name(std::string_view typed, const std::vector<std::string>& names) {
  if (typed.size() > kNameMax) return {};
  std::string nearest;
  std::size_t distance_min = std::max<std::size_t>(1, typed.size() / 3) + 1;
  for (const std::string& name : names) {
    if (name.size() > kNameMax) continue;
    const std::size_t distance = edit_distance(typed, name);
    if (distance > 0 && distance < distance_min) {
      distance_min = distance;
      nearest = name;
    }
  }
  return nearest;
}

}  // namespace weir
