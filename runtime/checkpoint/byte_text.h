// Numbers and texts in bytes: big-endian, so that bytes sort as what they stand for.
#pragma once

#include <concepts>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace weir {

class ByteWriter final {
 public:
  template <std::unsigned_integral T>
  ByteWriter& number(T value) {
    for (int shift = 8 * (static_cast<int>(sizeof(T)) - 1); shift >= 0; shift -= 8)
      bytes_ += static_cast<char>((value >> shift) & 0xff);
    return *this;
  }
  // Sorts as the signed number does.
  ByteWriter& signed_number(std::int64_t value) {
    return number(static_cast<std::uint64_t>(value) ^ (std::uint64_t{1} << 63));
  }
  ByteWriter& text(std::string_view text) {
    number(static_cast<std::uint32_t>(text.size()));
    bytes_ += text;
    return *this;
  }
  // Without its size: only where the end is known otherwise.
  ByteWriter& raw(std::string_view text) {
    bytes_ += text;
    return *this;
  }

  const std::string& bytes() const { return bytes_; }
  std::string take() { return std::move(bytes_); }

 private:
  std::string bytes_;
};

// Reads what ByteWriter wrote; nothing where the bytes end too early.
class ByteReader final {
 public:
  explicit ByteReader(std::string_view bytes) : rest_(bytes) {}

  template <std::unsigned_integral T>
  std::optional<T> number() {
    const auto bytes = raw(sizeof(T));
    if (!bytes) return std::nullopt;
    std::uint64_t value = 0;
    for (const char byte : *bytes)
      value = (value << 8) | static_cast<unsigned char>(byte);
    return static_cast<T>(value);
  }
  std::optional<std::int64_t> signed_number() {
    const auto value = number<std::uint64_t>();
    if (!value) return std::nullopt;
    return static_cast<std::int64_t>(*value ^ (std::uint64_t{1} << 63));
  }
  std::optional<std::string_view> text() {
    const auto size = number<std::uint32_t>();
    if (!size) return std::nullopt;
    return raw(*size);
  }
  std::optional<std::string_view> raw(std::size_t size) {
    if (size > rest_.size()) return std::nullopt;
    const std::string_view taken = rest_.substr(0, size);
    rest_.remove_prefix(size);
    return taken;
  }

  std::string_view rest() const { return rest_; }

 private:
  std::string_view rest_;
};

}  // namespace weir
