// Base64 of RFC 4648: the standard alphabet, padding required, unused bits zero.
#pragma once

#include <cstddef>
#include <string_view>

namespace weir {

constexpr std::size_t base64_size(std::size_t bytes) {
  return (bytes + 2) / 3 * 4;
}
constexpr std::size_t base64_bytes_max(std::size_t text) {
  return text / 4 * 3;
}

// Writes base64_size(bytes.size()) letters; returns the end.
char* write_base64(std::string_view bytes, char* out);

// Writes at most base64_bytes_max(text.size()) bytes and returns the end; null when `text` is not
// base64.
char* read_base64(std::string_view text, char* out);

}  // namespace weir
