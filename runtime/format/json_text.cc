#include "format/json_text.h"

#include <array>
#include <cstdint>
#include <cstring>

#include "format/utf8.h"

namespace weir {
namespace {

constexpr std::uint64_t kOnes = 0x0101010101010101u;
constexpr std::uint64_t kTops = 0x8080808080808080u;
constexpr std::uint32_t kNoCode = 0xffffffffu;

// The top bit of each byte that is equal to `byte`; bytes above the first hit may be wrong.
constexpr std::uint64_t equal_bytes(std::uint64_t word, unsigned char byte) {
  const std::uint64_t difference = word ^ kOnes * byte;
  return (difference - kOnes) & ~difference & kTops;
}

// True when a byte of `word` is a quote, a backslash, a control character or not ASCII.
constexpr bool has_special(std::uint64_t word) {
  const std::uint64_t controls = (word - kOnes * 0x20) & ~word & kTops;
  return (equal_bytes(word, '"') | equal_bytes(word, '\\') | controls | (word & kTops)) != 0;
}

constexpr bool is_special(unsigned char byte) {
  return byte == '"' || byte == '\\' || byte < 0x20 || byte >= 0x80;
}

std::uint64_t load(const char* from) {
  std::uint64_t word = 0;
  std::memcpy(&word, from, sizeof word);
  return word;
}

std::uint32_t hex_digit(char digit) {
  if (digit >= '0' && digit <= '9') return static_cast<std::uint32_t>(digit - '0');
  if (digit >= 'a' && digit <= 'f') return static_cast<std::uint32_t>(digit - 'a' + 10);
  if (digit >= 'A' && digit <= 'F') return static_cast<std::uint32_t>(digit - 'A' + 10);
  return kNoCode;
}

// The code of `\uXXXX` at the start of `escape`.
std::uint32_t unit_of(std::string_view escape) {
  if (escape.size() < 6 || escape[0] != '\\' || escape[1] != 'u') return kNoCode;
  std::uint32_t unit = 0;
  for (const char digit : escape.substr(2, 4)) {
    const std::uint32_t value = hex_digit(digit);
    if (value == kNoCode) return kNoCode;
    unit = unit << 4 | value;
  }
  return unit;
}

// Writes the character of the `\u` escape at the start of `rest`, and takes it from there.
char* unescape_unicode(std::string_view& rest, char* out) {
  std::uint32_t code = unit_of(rest);
  if (code == kNoCode) return nullptr;
  rest.remove_prefix(6);
  if (code >= 0xdc00 && code < 0xe000) return nullptr;
  if (code >= 0xd800 && code < 0xdc00) {
    const std::uint32_t low = unit_of(rest);
    if (low < 0xdc00 || low >= 0xe000) return nullptr;
    code = 0x10000 + ((code - 0xd800) << 10) + (low - 0xdc00);
    rest.remove_prefix(6);
  }
  return write_utf8(code, out);
}

char single_escape(char letter) {
  switch (letter) {
    case '"':
    case '\\':
    case '/': return letter;
    case 'b': return '\b';
    case 'f': return '\f';
    case 'n': return '\n';
    case 'r': return '\r';
    case 't': return '\t';
    default: return '\0';
  }
}

char* write_escape(unsigned char byte, char* out) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  constexpr std::string_view kLetters = "btn.fr";  // From U+0008 on.
  *out++ = '\\';
  if (byte == '"' || byte == '\\') {
    *out++ = static_cast<char>(byte);
  } else if (byte >= 8 && byte <= 13 && byte != 11) {
    *out++ = kLetters[byte - 8u];
  } else {
    std::memcpy(out, "u00", 3);
    out[3] = kDigits[byte >> 4];
    out[4] = kDigits[byte & 15];
    out += 5;
  }
  return out;
}

// Copies the leading bytes that stand for themselves, and takes them from `rest`.
char* write_plain(std::string_view& rest, char* out) {
  while (rest.size() >= 8 && !has_special(load(rest.data()))) {
    std::memcpy(out, rest.data(), 8);
    out += 8;
    rest.remove_prefix(8);
  }
  while (!rest.empty() && !is_special(static_cast<unsigned char>(rest[0]))) {
    *out++ = rest[0];
    rest.remove_prefix(1);
  }
  return out;
}

char* write_sequence(std::string_view& rest, char* out) {
  const std::size_t size = utf8_sequence(rest);
  if (size == 0) {
    rest.remove_prefix(1);
    return write_utf8(0xfffd, out);
  }
  std::memcpy(out, rest.data(), size);
  rest.remove_prefix(size);
  return out + size;
}

}  // namespace

char* unescape_json(std::string_view escaped, char* out) {
  while (!escaped.empty()) {
    const std::size_t plain = std::min(escaped.find('\\'), escaped.size());
    std::memcpy(out, escaped.data(), plain);
    out += plain;
    escaped.remove_prefix(plain);
    if (escaped.size() < 2) break;
    if (escaped[1] == 'u') {
      out = unescape_unicode(escaped, out);
      if (out == nullptr) return nullptr;
      continue;
    }
    const char letter = single_escape(escaped[1]);
    if (letter == '\0') return nullptr;
    *out++ = letter;
    escaped.remove_prefix(2);
  }
  return out;
}

bool read_json_text(std::string_view quoted, std::string& out) {
  if (quoted.size() < 2) return false;
  out.resize(quoted.size());
  const char* end = unescape_json(quoted.substr(1, quoted.size() - 2), out.data());
  if (end == nullptr) return false;
  out.resize(static_cast<std::size_t>(end - out.data()));
  return true;
}

char* write_json_text(std::string_view text, char* out) {
  *out++ = '"';
  for (;;) {
    out = write_plain(text, out);
    if (text.empty()) break;
    const auto byte = static_cast<unsigned char>(text[0]);
    if (byte >= 0x80) {
      out = write_sequence(text, out);
    } else {
      out = write_escape(byte, out);
      text.remove_prefix(1);
    }
  }
  *out++ = '"';
  return out;
}

void append_json_text(std::string_view text, std::string& out) {
  const std::size_t before = out.size();
  out.resize(before + json_text_max(text.size()));
  const char* end = write_json_text(text, out.data() + before);
  out.resize(static_cast<std::size_t>(end - out.data()));
}

}  // namespace weir
