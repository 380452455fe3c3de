#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>
#include <vector>

namespace weir {

// The first and the last bytes of a short text: two of equal size with equal ends are equal up to
// 16 bytes, and their comparison takes no call.
struct TextEnds {
  std::uint64_t head = 0;
  std::uint64_t tail = 0;
  bool operator==(const TextEnds&) const = default;

  static TextEnds of(const char* data, std::size_t size) {
    TextEnds ends;
    if (size >= 8) {
      std::memcpy(&ends.head, data, 8);
      std::memcpy(&ends.tail, data + size - 8, 8);
    } else if (size >= 4) {
      std::memcpy(&ends.head, data, 4);
      std::memcpy(&ends.tail, data + size - 4, 4);
    } else {
      for (std::size_t i = 0; i < size; ++i) {
        ends.head = ends.head << 8 | static_cast<unsigned char>(data[i]);
      }
    }
    return ends;
  }
};

// Which field a raw key of an object names: a table that also learns the keys that no field has,
// and what key follows which, since records of one stream have their fields in one order. Learns a
// bounded number of keys. A raw key is what stands between its quotes, with them and the colon:
// `"user_id":`.
class LearnedKeys final {
 public:
  static constexpr std::int32_t kUnknown = -1;
  static constexpr std::size_t kLearnedMax = 256;
  static constexpr std::size_t kLearnedSizeMax = 128;

  // The key number i of `names` is the field i.
  explicit LearnedKeys(const std::vector<std::string>& names);

  // Begin of an object.
  void rewind() { previous_ = 0; }

  // The field of a key, or kUnknown. `raw` is as above.
  std::int32_t find(const char* raw, std::size_t size) {
    const std::uint32_t guess = known_[previous_].next;
    const Known& known = known_[guess];
    if (is_equal(known, raw, size)) [[likely]] {
      previous_ = guess;
      return known.field;
    }
    return find_unexpected(raw, size);
  }

 private:
  struct Known {
    TextEnds ends;
    std::uint32_t size = 0;
    std::int32_t field = kUnknown;
    std::uint32_t next = 0;  // The key that followed last time.
    std::string raw;
  };

  static bool is_equal(const Known& known, const char* raw, std::size_t size) {
    if (known.size != size || known.ends != TextEnds::of(raw, size)) return false;
    return size <= 16 || std::memcmp(known.raw.data() + 8, raw + 8, size - 16) == 0;
  }

  std::int32_t find_unexpected(const char* raw, std::size_t size);
  std::int32_t learn(std::string_view raw, std::size_t slot);
  std::size_t slot_of(const char* raw, std::size_t size) const;
  void add(std::string_view raw, std::int32_t field, std::size_t slot);
  std::int32_t field_named(std::string_view raw) const;

  std::vector<std::string> names_;
  std::vector<Known> known_;          // [0] stands for the begin of an object.
  std::vector<std::uint32_t> slots_;  // Open addressing into known_; 0: free.
  std::size_t known_max_;
  std::uint32_t previous_ = 0;
};

}  // namespace weir
