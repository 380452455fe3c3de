#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>
#include <vector>

namespace weir {

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

  // A key of an object that is the expected one, or field kNotExpected. `expected` is 0 for the
  // first key. kWide bytes can be read at `raw`; whether they are a key need not be known.
  static constexpr std::int32_t kNotExpected = -2;
  static constexpr std::size_t kWide = 16;
  Found find_expected(std::uint32_t expected, const char* raw) const {
    const Known& known = sequence_[expected];
    std::uint64_t first = 0;
    std::uint64_t second = 0;
    std::memcpy(&first, raw, 8);
    std::memcpy(&second, raw + 8, 8);
    const std::uint64_t difference =
        ((first ^ known.first) & known.first_mask) | ((second ^ known.second) & known.second_mask);
    if (difference != 0) [[unlikely]]
      return {kNotExpected, expected};
    return {known.field, expected + 1};
  }

  // A key, `raw` as above. `expected` is where find_expected() should have found it.
  Found find(std::uint32_t expected, std::string_view raw);

 private:
  // A raw key of at most 16 bytes ends in its colon, so what begins with it is that key: no size
  // has to be compared. A longer one, and the end of the sequence, have a mask that never fits.
  struct Known {
    std::uint64_t first = 0;
    std::uint64_t second = 0;
    std::uint64_t first_mask = 0;
    std::uint64_t second_mask = 0;
    std::int32_t field = kUnknown;
    std::uint32_t misses = 0;  // How often it came unexpected, since it was last moved.
    std::string raw;
  };

  static Known make_known(std::string_view raw, std::int32_t field);
  void learn(std::uint32_t expected, std::string_view raw, std::int32_t field);
  std::uint32_t move(std::uint32_t from, std::uint32_t to);
  std::size_t slot_of(std::string_view raw) const;
  void fill_slots();
  std::int32_t field_named(std::string_view raw) const;

  std::vector<std::string> names_;
  std::vector<Known> sequence_;  // In the order they are expected in; the last stands for none.
  std::vector<std::uint32_t> slots_;  // Open addressing: index into sequence_ + 1, 0 is free.
  std::size_t known_max_;
  std::uint32_t patience_;  // Misses after which a key is moved: grows with each move.
};

}  // namespace weir
