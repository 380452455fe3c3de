#include "state/table_layout.h"

#include <algorithm>
#include <bit>

#include "base/check.h"

namespace weir {
namespace {

constexpr std::size_t round_up(std::size_t size, std::size_t alignment) {
  return (size + alignment - 1) / alignment * alignment;
}

// An entry that nearly fills a cache line gets one of its own: two lines cost more than the
// padding.
constexpr std::size_t kCacheLine = 64;
constexpr std::size_t kPaddingMax = 8;

std::size_t padded(std::size_t size) {
  const std::size_t missing = round_up(size, kCacheLine) - size;
  return missing <= kPaddingMax ? size + missing : size;
}

}  // namespace

TableLayout::TableLayout(std::size_t key_inline_max,
                         std::size_t value_alignment,
                         std::span<const std::byte> initial)
    : key_room_(round_up(std::max(key_inline_max, sizeof(void*)), 8)),
      value_offset_(round_up(kKeyOffset + key_room_, std::max<std::size_t>(value_alignment, 1))),
      stride_(padded(
          round_up(value_offset_ + initial.size(), std::max<std::size_t>(value_alignment, 8)))),
      initial_(initial.begin(), initial.end()) {
  CHECK(std::has_single_bit(std::max<std::size_t>(value_alignment, 1)) && value_alignment <= 16);
}

void TableLayout::make(std::byte* entry, std::uint32_t hash, std::string_view key) const {
  CHECK(key.size() <= kKeySizeMax);
  const auto size = static_cast<std::uint32_t>(key.size());
  std::memcpy(entry, &hash, sizeof(hash));
  std::memcpy(entry + 4, &size, sizeof(size));
  if (!is_inline(key)) {
    const char* outside = key.data();
    std::memcpy(entry + kKeyOffset, &outside, sizeof(outside));
  } else if (!key.empty()) {
    std::memcpy(entry + kKeyOffset, key.data(), key.size());
  }
  if (!initial_.empty()) std::memcpy(entry + value_offset_, initial_.data(), initial_.size());
}

void TableLayout::take_back(std::byte* entry) {
  const std::uint32_t size = load(entry + 4) | kTakenBack;
  std::memcpy(entry + 4, &size, sizeof(size));
}

}  // namespace weir
