#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <string_view>
#include <vector>

namespace weir {

// What the entries of a table look like. Sizes are known only once a job runs, so this is a value
// and not a type. Shared, read-only, by all tables of an operator; outlives them.
//
//   entry := hash:u32  key_size:u32  key[key_room]  value[value_size]      padded to `stride`, and
//            to a cache line when not much is missing
//   key   := the bytes themselves when they fit, else a pointer to them
//   The highest bit of key_size marks an entry that was taken back, the two below it what has
//   changed of late (change_list.h).
class TableLayout final {
 public:
  // A fresh value is a copy of `initial`; `value_alignment` is at most 16. Keys of up to
  // `key_inline_max` bytes (rounded up to 8, 16, 24 …) stand in the entry.
  TableLayout(std::size_t key_inline_max,
              std::size_t value_alignment,
              std::span<const std::byte> initial);

  std::size_t stride() const { return stride_; }
  std::size_t key_room() const { return key_room_; }
  std::size_t value_offset() const { return value_offset_; }
  std::size_t value_size() const { return initial_.size(); }

  static std::uint32_t hash(const std::byte* entry) { return load(entry); }
  static bool is_live(const std::byte* entry) { return (load(entry + 4) & kTakenBack) == 0; }
  // Some of kMarks. A fresh entry has none.
  static std::uint32_t marks(const std::byte* entry) { return load(entry + 4) & kMarks; }
  static void set_marks(std::byte* entry, std::uint32_t marks) {
    const std::uint32_t size = (load(entry + 4) & ~kMarks) | marks;
    std::memcpy(entry + 4, &size, sizeof(size));
  }
  std::string_view key(const std::byte* entry) const {
    const std::uint32_t size = load(entry + 4) & ~(kTakenBack | kMarks);
    if (size <= key_room_) return {reinterpret_cast<const char*>(entry + kKeyOffset), size};
    const char* outside = nullptr;
    std::memcpy(&outside, entry + kKeyOffset, sizeof(outside));
    return {outside, size};
  }
  void* value(std::byte* entry) const { return entry + value_offset_; }
  const void* value(const std::byte* entry) const { return entry + value_offset_; }

  // Whether the entry is live and has this key.
  bool has_key(const std::byte* entry, std::string_view wanted) const {
    if ((load(entry + 4) & ~kMarks) != wanted.size()) return false;
    return same_bytes(key(entry).data(), wanted.data(), wanted.size());
  }
  bool is_inline(std::string_view key) const { return key.size() <= key_room_; }
  // Writes a fresh entry. A key that does not fit is pointed to.
  void make(std::byte* entry, std::uint32_t hash, std::string_view key) const;
  static void take_back(std::byte* entry);

  static constexpr std::size_t kKeySizeMax = (std::size_t{1} << 29) - 1;
  static constexpr std::uint32_t kMarks = 3u << 29;
  static constexpr std::uint32_t kMarkFirst = 1u << 29;

 private:
  static constexpr std::uint32_t kTakenBack = 1u << 31;
  static constexpr std::size_t kKeyOffset = 8;
  static std::uint32_t load(const std::byte* from) {
    std::uint32_t number = 0;
    std::memcpy(&number, from, sizeof(number));
    return number;
  }

  template <class Number>
  static bool same(const char* left, const char* right) {
    Number left_number = 0;
    Number right_number = 0;
    std::memcpy(&left_number, left, sizeof(Number));
    std::memcpy(&right_number, right, sizeof(Number));
    return left_number == right_number;
  }
  // Keys are short: words, the last one overlapping, without a call.
  static bool same_bytes(const char* left, const char* right, std::size_t size) {
    if (size >= 8) {
      for (std::size_t at = 0; at + 8 < size; at += 8) {
        if (!same<std::uint64_t>(left + at, right + at)) return false;
      }
      return same<std::uint64_t>(left + size - 8, right + size - 8);
    }
    if (size >= 4) {
      return same<std::uint32_t>(left, right) &&
             same<std::uint32_t>(left + size - 4, right + size - 4);
    }
    for (std::size_t at = 0; at < size; ++at) {
      if (left[at] != right[at]) return false;
    }
    return true;
  }

  std::size_t key_room_;
  std::size_t value_offset_;
  std::size_t stride_;
  std::vector<std::byte> initial_;
};

}  // namespace weir
