#pragma once

#include <charconv>
#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/format.h"

namespace weir::kafka {

struct Partition {
  std::string topic;
  std::int32_t number = 0;
  auto operator<=>(const Partition&) const = default;
};

// "topic/3": the name of the split.
inline std::string split_name(const Partition& partition) {
  return format("{}/{}", partition.topic, partition.number);
}

// The partition of a split's name; none if it is no such name.
inline std::optional<Partition> partition_of(std::string_view split) {
  const std::size_t slash = split.rfind('/');
  if (slash == split.npos) return std::nullopt;
  Partition partition{std::string(split.substr(0, slash))};
  const char* end = split.data() + split.size();
  const auto [rest, error] = std::from_chars(split.data() + slash + 1, end, partition.number);
  if (error != std::errc() || rest != end || partition.number < 0) return std::nullopt;
  return partition;
}

}  // namespace weir::kafka
