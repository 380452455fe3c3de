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

  static constexpr std::size_t kWide = 16;

  // A raw key of at most kWide bytes ends in its colon, so what begins with it is that key: no size
  // has to be compared. A longer one, and the end of the sequence, have a mask that never fits.
  class Known {
   public:
    // Whether `raw`, where kWide bytes can be read, begins with this key. It need not be a key, but
    // its first byte is one of a text in UTF-8. Never true of the end of the sequence.
    bool is_at(const char* raw) const {
      std::uint64_t one = 0;
      std::uint64_t two = 0;
      std::memcpy(&one, raw, 8);
      std::memcpy(&two, raw + 8, 8);
      return (((one ^ first_) & first_mask_) | ((two ^ second_) & second_mask_)) == 0;
    }
    std::int32_t field() const { return field_; }

   private:
    friend class LearnedKeys;
    std::uint64_t first_ = 0;
    std::uint64_t second_ = 0;
    std::uint64_t first_mask_ = 0;
    std::uint64_t second_mask_ = 0;
    std::int32_t field_ = kUnknown;
    std::uint32_t misses_ = 0;  // How often it came unexpected, since it was last moved.
    std::string raw_;
  };

  // The key that is expected first in an object; the one that is expected after a key stands behind
  // it. All that is returned is good until the next find().
  const Known* begin() const { return sequence_.data(); }

  // A field, or kUnknown, and the key that is expected next.
  struct Found {
    std::int32_t field;
    const Known* next;
  };

  // Looks up a key, `raw` as above, where `expected` was expected.
  Found find(const Known* expected, std::string_view raw);

  // Keys that are remembered.
  std::size_t size() const { return sequence_.size() - 1; }

 private:
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
