#include "format/utf8.h"

namespace weir {
namespace {

constexpr bool is_between(unsigned char byte, unsigned low, unsigned high) {
  return byte >= low && byte <= high;
}

// The second byte's range keeps out overlong forms, surrogates and codes above U+10FFFF.
constexpr bool is_second(unsigned char lead, unsigned char second) {
  switch (lead) {
    case 0xe0: return is_between(second, 0xa0, 0xbf);
    case 0xed: return is_between(second, 0x80, 0x9f);
    case 0xf0: return is_between(second, 0x90, 0xbf);
    case 0xf4: return is_between(second, 0x80, 0x8f);
    default: return is_between(second, 0x80, 0xbf);
  }
}

constexpr std::size_t size_by_lead(unsigned char lead) {
  if (lead < 0x80) return 1;
  if (is_between(lead, 0xc2, 0xdf)) return 2;
  if (is_between(lead, 0xe0, 0xef)) return 3;
  if (is_between(lead, 0xf0, 0xf4)) return 4;
  return 0;
}

}  // namespace

std::size_t utf8_sequence(std::string_view rest) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(rest[i]); };
  const std::size_t size = size_by_lead(byte(0));
  if (size > rest.size()) return 0;
  if (size >= 2 && !is_second(byte(0), byte(1))) return 0;
  for (std::size_t i = 2; i < size; ++i) {
    if (!is_between(byte(i), 0x80, 0xbf)) return 0;
  }
  return size;
}

char* write_utf8(std::uint32_t code, char* out) {
  const auto put = [&](std::uint32_t byte) { *out++ = static_cast<char>(byte); };
  if (code < 0x80) {
    put(code);
  } else if (code < 0x800) {
    put(0xc0 | code >> 6);
    put(0x80 | (code & 63));
  } else if (code < 0x10000) {
    put(0xe0 | code >> 12);
    put(0x80 | (code >> 6 & 63));
    put(0x80 | (code & 63));
  } else {
    put(0xf0 | code >> 18);
    put(0x80 | (code >> 12 & 63));
    put(0x80 | (code >> 6 & 63));
    put(0x80 | (code & 63));
  }
  return out;
}

}  // namespace weir
