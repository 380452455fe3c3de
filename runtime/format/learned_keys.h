#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>
#include <vector>

namespace weir {

// The first and the last bytes of a text: two of equal size with equal ends are equal up to 16
// bytes, and comparing them takes no call.
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
// and the order of all, since records of one stream have their fields in one order. Learns a
// bounded number of keys. A raw key is what stands between its quotes, with them and the colon:
// `"user_id":`.
class LearnedKeys final {
 public:
  static constexpr std::int32_t kUnknown = -1;
  static constexpr std::size_t kLearnedMax = 256;
  static constexpr std::size_t kLearnedSizeMax = 128;

  // The key number i of `names` is the field i.
  explicit LearnedKeys(const std::vector<std::string>& names);

  // A field, or kUnknown, and the place in the order where the next key is expected: a value that
  // the caller keeps in a register.
  struct Found {
    std::int32_t field;
    std::uint32_t next;
  };

  // Looks up a key of an object, `raw` as above. `expected` is 0 for its first key.
  Found find(std::uint32_t expected, const char* raw, std::size_t size) {
    const Known& known = sequence_[expected];
    if (is_equal(known, raw, size)) [[likely]] return {known.field, expected + 1};
    return find_unexpected(expected, raw, size);
  }

 private:
  struct Known {
    TextEnds ends;
    std::uint32_t size = 0;
    std::int32_t field = kUnknown;
    std::uint32_t misses = 0;  // How often it came unexpected, since it was last moved.
    std::string raw;
  };

  static bool is_equal(const Known& known, const char* raw, std::size_t size) {
    if (known.size != size || known.ends != TextEnds::of(raw, size)) return false;
    return size <= 16 || std::memcmp(known.raw.data() + 8, raw + 8, size - 16) == 0;
  }

  Found find_unexpected(std::uint32_t expected, const char* raw, std::size_t size);
  void learn(std::uint32_t expected, std::string_view raw, std::int32_t field);
  std::uint32_t move(std::uint32_t from, std::uint32_t to);
  std::size_t slot_of(const char* raw, std::size_t size) const;
  void fill_slots();
  std::int32_t field_named(std::string_view raw) const;

  std::vector<std::string> names_;
  std::vector<Known> sequence_;  // In the order they are expected in; the last stands for none.
  std::vector<std::uint32_t> slots_;  // Open addressing: index into sequence_ + 1, 0 is free.
  std::size_t known_max_;
  std::size_t next_ = 0;    // The key that is expected.
  std::uint32_t patience_;  // Misses after which a key is moved: grows with each move.
};

}  // namespace weir
