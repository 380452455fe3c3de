#include "state/table_layout.h"

#include <algorithm>
#include <bit>

#include "base/check.h"

namespace weir {
namespace {

constexpr std::size_t round_up(std::size_t size, std::size_t alignment) {
  return (size + alignment - 1) / alignment * alignment;
}

template <class Number>
bool same(const char* left, const char* right) {
  Number left_number = 0;
  Number right_number = 0;
  std::memcpy(&left_number, left, sizeof(Number));
  std::memcpy(&right_number, right, sizeof(Number));
  return left_number == right_number;
}

// Keys are short: words, the last one overlapping, without a call.
bool same_bytes(const char* left, const char* right, std::size_t size) {
  if (size >= 8) {
    for (std::size_t at = 0; at + 8 < size; at += 8)
      if (!same<std::uint64_t>(left + at, right + at)) return false;
    return same<std::uint64_t>(left + size - 8, right + size - 8);
  }
  if (size >= 4) {
    return same<std::uint32_t>(left, right) &&
           same<std::uint32_t>(left + size - 4, right + size - 4);
  }
  for (std::size_t at = 0; at < size; ++at)
    if (left[at] != right[at]) return false;
  return true;
}

}  // namespace

TableLayout::TableLayout(std::size_t key_inline_max,
                         std::size_t value_alignment,
                         std::span<const std::byte> initial)
    : key_room_(round_up(std::max(key_inline_max, sizeof(void*)), 8)),
      value_offset_(round_up(kKeyOffset + key_room_, std::max<std::size_t>(value_alignment, 1))),
      stride_(round_up(value_offset_ + initial.size(), std::max<std::size_t>(value_alignment, 8))),
      initial_(initial.begin(), initial.end()) {
  CHECK(std::has_single_bit(std::max<std::size_t>(value_alignment, 1)) && value_alignment <= 16);
}

bool TableLayout::has_key(const std::byte* entry, std::string_view key) const {
  if (load(entry + 4) != key.size()) return false;
  return same_bytes(this->key(entry).data(), key.data(), key.size());
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
