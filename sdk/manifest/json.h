// Writes JSON; just what a manifest needs.
#pragma once

#include <charconv>
#include <cmath>
#include <concepts>
#include <cstdint>
#include <string>
#include <string_view>

#include <weir/abi.h>

namespace weir::manifest {

// Commas and quotes are put where they belong. The caller closes what it opens.
class JsonWriter final {
 public:
  void open(char bracket) {
    separate();
    text_ += bracket;
    is_first_ = true;
  }
  void close(char bracket) {
    text_ += bracket;
    is_first_ = false;
  }
  JsonWriter& key(std::string_view name) {
    value(name);
    text_ += ':';
    is_first_ = true;
    return *this;
  }

  void value(std::string_view text) {
    separate();
    text_ += '"';
    for (const char character : text)
      escape(character);
    text_ += '"';
  }
  void value(weir_text text) { value(std::string_view(text.data, text.size)); }
  template <std::integral Number>
  requires(!std::is_same_v<Number, bool>) void value(Number number) {
    separate();
    text_ += std::to_string(number);
  }
  void value(std::same_as<bool> auto truth) {
    separate();
    text_ += truth ? "true" : "false";
  }
  // JSON has no word for what is not finite.
  void value(double number) {
    if (!std::isfinite(number)) return null();
    separate();
    char buffer[64];
    const auto end = std::to_chars(buffer, buffer + sizeof(buffer), number).ptr;
    text_.append(buffer, end);
  }

  void null() {
    separate();
    text_ += "null";
  }

  std::string take() && { return std::move(text_); }

 private:
  void separate() {
    if (!is_first_) text_ += ',';
    is_first_ = false;
  }

  void escape(char character) {
    constexpr std::string_view kDigits = "0123456789abcdef";
    const auto code = static_cast<unsigned char>(character);
    if (code < 0x20) {
      text_ += "\\u00";
      text_ += kDigits[code >> 4];
      text_ += kDigits[code & 15];
    } else {
      if (character == '"' || character == '\\') text_ += '\\';
      text_ += character;
    }
  }

  std::string text_;
  bool is_first_ = true;
};

}  // namespace weir::manifest
