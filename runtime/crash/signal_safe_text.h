#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace weir {

// Writes text to a file descriptor with nothing but what a handler of signals may call: no memory
// is taken, nothing is locked. What cannot be written is dropped.
class SignalSafeText final {
 public:
  explicit SignalSafeText(int descriptor) : descriptor_(descriptor) {}
  SignalSafeText(const SignalSafeText&) = delete;
  SignalSafeText& operator=(const SignalSafeText&) = delete;

  SignalSafeText& text(std::string_view text);
  SignalSafeText& number(std::int64_t number);
  SignalSafeText& hex(std::uint64_t number);  // "0x1f"
  // As a text of JSON, with its quotes.
  SignalSafeText& quoted(std::string_view text);
  SignalSafeText& base64(std::string_view bytes);
  void flush();

 private:
  void put(char byte);

  int descriptor_;
  std::size_t size_ = 0;
  std::array<char, 2048> buffer_;
};

}  // namespace weir
