#include "format/base64.h"

#include <array>
#include <cstdint>

namespace weir {
namespace {

constexpr std::string_view kLetters =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
constexpr std::uint8_t kNoLetter = 0xff;

constexpr std::array<std::uint8_t, 256> make_values() {
  std::array<std::uint8_t, 256> values{};
  values.fill(kNoLetter);
  for (std::size_t i = 0; i < kLetters.size(); ++i) {
    values[static_cast<unsigned char>(kLetters[i])] = static_cast<std::uint8_t>(i);
  }
  return values;
}
constexpr auto kValues = make_values();

constexpr std::uint32_t byte_at(std::string_view bytes, std::size_t i) {
  return i < bytes.size() ? static_cast<unsigned char>(bytes[i]) : 0;
}

}  // namespace

char* write_base64(std::string_view bytes, char* out) {
  for (; !bytes.empty(); bytes.remove_prefix(bytes.size() < 3 ? bytes.size() : 3)) {
    const std::uint32_t group =
        byte_at(bytes, 0) << 16 | byte_at(bytes, 1) << 8 | byte_at(bytes, 2);
    *out++ = kLetters[group >> 18];
    *out++ = kLetters[group >> 12 & 63];
    *out++ = bytes.size() > 1 ? kLetters[group >> 6 & 63] : '=';
    *out++ = bytes.size() > 2 ? kLetters[group & 63] : '=';
  }
  return out;
}

char* read_base64(std::string_view text, char* out) {
  if (text.size() % 4 != 0) return nullptr;
  std::size_t padding = 0;
  while (padding < 2 && padding < text.size() && text[text.size() - 1 - padding] == '=')
    ++padding;
  for (std::size_t i = 0; i < text.size(); i += 4) {
    const bool is_last = i + 4 == text.size();
    const std::size_t letters = is_last ? 4 - padding : 4;
    std::uint32_t group = 0;
    for (std::size_t j = 0; j < 4; ++j) {
      const std::uint8_t value = j < letters ? kValues[static_cast<unsigned char>(text[i + j])] : 0;
      if (value == kNoLetter) return nullptr;
      group = group << 6 | value;
    }
    const std::size_t bytes = letters - 1;
    const std::uint32_t unused = bytes == 3 ? 0 : group & ((1u << (24 - 8 * bytes)) - 1);
    if (unused != 0) return nullptr;
    for (std::size_t j = 0; j < bytes; ++j)
      *out++ = static_cast<char>(group >> (16 - 8 * j) & 255);
  }
  return out;
}

}  // namespace weir
