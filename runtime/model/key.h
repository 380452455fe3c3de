// Keys and key groups. A key is bytes in the encoding of weir_key (weir/abi.h).
#pragma once

#include <cstdint>
#include <string_view>

namespace weir {

// A key lent by the batch it came with. `hash` is hash_key(bytes).
struct KeyView {
  const char* data = nullptr;
  std::uint32_t size = 0;
  std::uint64_t hash = 0;

  std::string_view bytes() const { return {data, size}; }
};

// XXH3, 64 bits. Part of the state format: never changes.
std::uint64_t hash_key(std::string_view bytes);

// A job's keyed state is divided into key groups; a group is the unit of ownership, of state and of
// moving. The number of groups is fixed for a job; the top bits of the hash choose.
inline constexpr std::uint32_t kKeyGroupsDefault = 128;

constexpr std::uint32_t key_group_of(std::uint64_t hash, std::uint32_t group_count) {
  return static_cast<std::uint32_t>(((hash >> 32) * group_count) >> 32);
}

// Groups are spread over workers in contiguous ranges.
constexpr std::uint32_t worker_of(std::uint32_t group,
                                  std::uint32_t group_count,
                                  std::uint32_t worker_count) {
  return static_cast<std::uint32_t>(static_cast<std::uint64_t>(group) * worker_count / group_count);
}

// The groups that one owner holds of a job's `total`: `count` of them from `first` on.
struct KeyGroupRange {
  std::uint32_t total = kKeyGroupsDefault;
  std::uint32_t first = 0;
  std::uint32_t count = kKeyGroupsDefault;

  constexpr bool contains(std::uint32_t group) const {
    return group >= first && group - first < count;
  }
  // Which of the held groups a key with this hash is in, counted from `first`; at least `count`
  // when it is in none.
  constexpr std::uint32_t index_of(std::uint64_t hash) const {
    return key_group_of(hash, total) - first;
  }
  bool operator==(const KeyGroupRange&) const = default;
};

// The groups for which worker_of() names `worker`.
constexpr KeyGroupRange key_groups_of(std::uint32_t worker,
                                      std::uint32_t group_count,
                                      std::uint32_t worker_count) {
  const auto first_of = [&](std::uint64_t index) {
    return static_cast<std::uint32_t>((index * group_count + worker_count - 1) / worker_count);
  };
  return {group_count, first_of(worker), first_of(worker + 1ULL) - first_of(worker)};
}

}  // namespace weir
