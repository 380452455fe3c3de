// Numbers as bytes, little-endian: for formats that outlive the process.
#pragma once

#include <bit>
#include <cstddef>
#include <cstring>
#include <string>
#include <string_view>

namespace weir {

static_assert(std::endian::native == std::endian::little);

// The bytes of a number; they live as long as it does.
template <class Number>
std::string_view packed(const Number& number) {
  return {reinterpret_cast<const char*>(&number), sizeof(number)};
}

// Reads packed numbers and bytes off the front of a text. What lies behind the end reads as zero or
// empty, and is remembered.
class PackedReader final {
 public:
  explicit PackedReader(std::string_view rest) : rest_(rest) {}

  template <class Number>
  Number take() {
    Number number{};
    const std::string_view bytes = take_bytes(sizeof(number));
    if (!bytes.empty()) std::memcpy(&number, bytes.data(), sizeof(number));
    return number;
  }

  std::string_view take_bytes(std::size_t size) {
    if (size > rest_.size()) {
      is_torn_ = true;
      rest_ = {};
      return {};
    }
    const std::string_view bytes = rest_.substr(0, size);
    rest_.remove_prefix(size);
    return bytes;
  }

  bool is_at_end() const { return rest_.empty(); }
  // More was asked for than there was.
  bool is_torn() const { return is_torn_; }

 private:
  std::string_view rest_;
  bool is_torn_ = false;
};

}  // namespace weir
