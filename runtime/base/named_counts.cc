#include "base/named_counts.h"

#include <algorithm>

namespace weir {

std::uint32_t NamedCounts::find_or_make(std::string_view name, std::string_view doc) {
  return counts_.with([&](std::vector<NamedCount>& counts) {
    const auto found = std::find_if(
        counts.begin(), counts.end(), [&](const NamedCount& count) { return count.name == name; });
    const auto index = static_cast<std::uint32_t>(found - counts.begin());
    if (found == counts.end()) counts.push_back({std::string(name), std::string(doc), 0});
    return index;
  });
}

void NamedCounts::add(std::uint32_t counter, std::uint64_t amount) {
  counts_.with([&](std::vector<NamedCount>& counts) {
    if (counter < counts.size()) counts[counter].value += amount;
  });
}

std::vector<NamedCount> NamedCounts::read() const {
  return counts_.with([](const auto& counts) { return counts; });
}

}  // namespace weir
