#include "crash/signal_safe_text.h"

#include <algorithm>
#include <unistd.h>

namespace weir {
namespace {

constexpr std::string_view kHexDigits = "0123456789abcdef";
constexpr std::string_view kBase64Digits =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

}  // namespace

void SignalSafeText::put(char byte) {
  if (size_ == buffer_.size()) flush();
  buffer_[size_++] = byte;
}

SignalSafeText& SignalSafeText::text(std::string_view text) {
  for (const char byte : text)
    put(byte);
  return *this;
}

SignalSafeText& SignalSafeText::number(std::int64_t number) {
  std::array<char, 20> digits;
  std::size_t count = 0;
  auto rest = static_cast<std::uint64_t>(number);
  if (number < 0) {
    put('-');
    rest = 0 - rest;
  }
  do {
    digits[count++] = static_cast<char>('0' + rest % 10);
    rest /= 10;
  } while (rest > 0);
  while (count > 0)
    put(digits[--count]);
  return *this;
}

SignalSafeText& SignalSafeText::hex(std::uint64_t number) {
  text("0x");
  int shift = 60;
  while (shift > 0 && (number >> shift) == 0)
    shift -= 4;
  for (; shift >= 0; shift -= 4)
    put(kHexDigits[(number >> shift) & 15]);
  return *this;
}

SignalSafeText& SignalSafeText::quoted(std::string_view text) {
  put('"');
  for (const char byte : text) {
    const auto code = static_cast<unsigned char>(byte);
    if (byte == '"' || byte == '\\') {
      put('\\');
      put(byte);
    } else if (code < 0x20) {
      this->text("\\u00");
      put(kHexDigits[code >> 4]);
      put(kHexDigits[code & 15]);
    } else {
      put(byte);
    }
  }
  put('"');
  return *this;
}

SignalSafeText& SignalSafeText::base64(std::string_view bytes) {
  for (std::size_t i = 0; i < bytes.size(); i += 3) {
    const std::size_t count = std::min<std::size_t>(3, bytes.size() - i);
    std::uint32_t group = 0;
    for (std::size_t j = 0; j < 3; ++j) {
      group = group << 8 | (j < count ? static_cast<unsigned char>(bytes[i + j]) : 0u);
    }
    for (std::size_t j = 0; j < 4; ++j) {
      put(j <= count ? kBase64Digits[(group >> (18 - 6 * j)) & 63] : '=');
    }
  }
  return *this;
}

void SignalSafeText::flush() {
  std::size_t done = 0;
  while (done < size_) {
    const ssize_t written = ::write(descriptor_, buffer_.data() + done, size_ - done);
    if (written <= 0) break;
    done += static_cast<std::size_t>(written);
  }
  size_ = 0;
}

}  // namespace weir
