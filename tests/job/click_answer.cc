#include "job/click_answer.h"

#include <map>
#include <utility>

#include "job/click_job.h"

namespace weir {
namespace {

// Of each key and window that has rows, by the window's last millisecond.
using Groups = std::map<std::pair<std::int64_t, std::string>, std::vector<std::int64_t>>;

// Every start is tried.
Groups groups_of(const WindowSpec& window, const ClickRows& rows) {
  Groups groups;
  for (const ClickRow& row : rows) {
    for (std::int64_t start = row.tm - window.size + 1; start <= row.tm; ++start) {
      if ((start - window.offset) % window.slide != 0) continue;
      groups[{start + window.size - 1, row.user}].push_back(row.amount);
    }
  }
  return groups;
}

}  // namespace

ClickRows sums_of(const WindowSpec& window, const ClickRows& rows) {
  ClickRows sums;
  for (const auto& [place, amounts] : groups_of(window, rows)) {
    std::int64_t sum = 0;
    for (const std::int64_t amount : amounts)
      sum += amount;
    sums.push_back({place.first, place.second, sum});
  }
  return sums;
}

ClickRows pairs_of(const WindowSpec& window, const ClickRows& left, const ClickRows& right) {
  std::map<Groups::key_type, std::pair<Groups::mapped_type, Groups::mapped_type>> both;
  for (auto& [place, amounts] : groups_of(window, left))
    both[place].first = amounts;
  for (auto& [place, amounts] : groups_of(window, right))
    both[place].second = amounts;
  ClickRows pairs;
  for (const auto& [place, sides] : both)
    pairs.push_back({place.first, place.second, pair_digest(sides.first, sides.second)});
  return pairs;
}

std::multiset<std::string> lines_of(const ClickRows& rows) {
  std::multiset<std::string> lines;
  for (const ClickRow& row : rows)
    lines.insert(click(row.tm, row.user, row.amount));
  return lines;
}

}  // namespace weir
