#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstring>
#include <string_view>
#include <xxhash.h>

namespace weir::limit {

// A key of at most 15 bytes, in place. All zero: no key.
struct ShortKey {
  std::array<char, 16> bytes = {};

  ShortKey() = default;
  explicit ShortKey(std::string_view text) { append(text); }

  void append(std::string_view text) {
    const auto old = size();
    const auto more = std::min(text.size(), bytes.size() - 1 - old);
    std::memcpy(bytes.data() + old, text.data(), more);
    bytes.back() = static_cast<char>(old + more);
  }

  std::size_t size() const { return static_cast<std::size_t>(bytes.back()); }
  std::string_view text() const { return {bytes.data(), size()}; }
  bool is_empty() const { return bytes.back() == 0; }
  std::uint64_t hash() const { return XXH3_64bits(bytes.data(), bytes.size()); }
  bool operator==(const ShortKey& other) const {
    return std::memcmp(bytes.data(), other.bytes.data(), bytes.size()) == 0;
  }
};

}  // namespace weir::limit
