// What the fields of a record are made of.
#pragma once

#include <algorithm>
#include <chrono>
#include <compare>
#include <cstdint>
#include <cstring>
#include <ostream>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

#include <weir/abi.h>

// The suffixes of durations, as in weir::tumbling(30s). Only the standard library may define
// suffixes without an underscore, so nothing of a plugin can clash with them.
using namespace std::chrono_literals;

namespace weir {
inline namespace v1 {

using Duration = std::chrono::milliseconds;

// A moment: milliseconds since 1970-01-01 UTC.
struct Time {
  std::int64_t milliseconds = 0;

  friend constexpr auto operator<=>(Time, Time) = default;
  friend constexpr Time operator+(Time time, Duration by) {
    return {time.milliseconds + by.count()};
  }
  friend constexpr Time operator-(Time time, Duration by) {
    return {time.milliseconds - by.count()};
  }
  friend constexpr Duration operator-(Time left, Time right) {
    return Duration(left.milliseconds - right.milliseconds);
  }
  friend std::ostream& operator<<(std::ostream& out, Time time) {
    return out << time.milliseconds << " ms";
  }
};

// UTF-8 text somewhere else: in a record that came in, valid until the function returns. In a
// record that is given out, the text is copied at once. Converts from and to std::string_view.
struct Text : weir_text {
  constexpr Text() : weir_text{nullptr, 0} {}
  constexpr Text(std::string_view text) : weir_text{text.data(), text.size()} {}
  constexpr Text(const char* text) : Text(std::string_view(text)) {}
  Text(const std::string& text) : Text(std::string_view(text)) {}

  constexpr std::string_view view() const { return {data, size}; }
  constexpr operator std::string_view() const { return view(); }
  std::string copy() const { return std::string(view()); }
  constexpr bool empty() const { return size == 0; }

  friend constexpr bool operator==(const Text& left, const Text& right) {
    return left.view() == right.view();
  }
  friend constexpr auto operator<=>(const Text& left, const Text& right) {
    return left.view() <=> right.view();
  }
  friend std::ostream& operator<<(std::ostream& out, const Text& text) {
    return out << text.view();
  }
};

// Any bytes; lives like Text.
struct Bytes : weir_bytes {
  constexpr Bytes() : weir_bytes{nullptr, 0} {}
  constexpr Bytes(const std::uint8_t* bytes, std::uint64_t count) : weir_bytes{bytes, count} {}

  constexpr bool empty() const { return size == 0; }
  friend bool operator==(const Bytes& left, const Bytes& right) {
    return left.size == right.size && std::equal(left.data, left.data + left.size, right.data);
  }
};

namespace detail {

// How many bytes of UTF-8 text fit into `bytes_max` without cutting a character.
constexpr std::size_t whole_characters(std::string_view text, std::size_t bytes_max) {
  if (text.size() <= bytes_max) return text.size();
  std::size_t size = bytes_max;
  while (size > 0 && (static_cast<unsigned char>(text[size]) & 0xC0u) == 0x80u)
    --size;
  return size;
}

}  // namespace detail

// Text of at most `Capacity` bytes inside the record itself, so that it may stand in an
// accumulator. Longer text is cut at the last whole character that fits.
template <std::size_t Capacity>
class InlineText final {
 public:
  static_assert(Capacity > 0 && Capacity < 65'000,
                "weir::InlineText<N> has room for 1 to 64999 bytes");

  constexpr InlineText() = default;
  constexpr InlineText(std::string_view text) { assign(text); }
  constexpr InlineText(const char* text) { assign(text); }
  constexpr InlineText(const std::string& text) { assign(text); }
  constexpr InlineText(Text text) { assign(text.view()); }

  constexpr void assign(std::string_view text) {
    const std::size_t size = detail::whole_characters(text, Capacity);
    std::copy_n(text.data(), size, room_);
    std::fill_n(room_ + size, sizeof(room_) - size, '\0');
    size_ = static_cast<std::uint16_t>(size);
  }

  constexpr std::string_view view() const { return {room_, size_}; }
  // Letters in place, for those who keep something like registers in it.
  constexpr char& operator[](std::size_t index) { return room_[index]; }
  constexpr char operator[](std::size_t index) const { return room_[index]; }
  constexpr operator std::string_view() const { return view(); }
  constexpr operator Text() const { return Text(view()); }
  constexpr bool empty() const { return size_ == 0; }

  friend constexpr bool operator==(const InlineText& left, const InlineText& right) {
    return left.view() == right.view();
  }
  friend std::ostream& operator<<(std::ostream& out, const InlineText& text) {
    return out << text.view();
  }

 private:
  std::uint16_t size_ = 0;
  char room_[Capacity + Capacity % 2] = {};
};

// A field that may be missing or null.
template <class T>
class Optional final {
 public:
  using Value = T;

  constexpr Optional() = default;
  constexpr Optional(T value) : value_(value), is_present_(1) {}

  constexpr bool has_value() const { return is_present_ != 0; }
  constexpr explicit operator bool() const { return has_value(); }
  // Only when there is a value.
  constexpr const T& operator*() const { return value_; }
  constexpr const T* operator->() const { return &value_; }
  constexpr T& operator*() { return value_; }
  constexpr T value_or(T otherwise) const { return has_value() ? value_ : otherwise; }
  constexpr void reset() { *this = Optional(); }

  friend constexpr bool operator==(const Optional& left, const Optional& right) {
    return left.has_value() == right.has_value() && (!left.has_value() || *left == *right);
  }

  // For the descriptor: where the presence byte stands behind the value.
  static constexpr std::size_t presence_offset() { return sizeof(T); }

 private:
  T value_ = {};
  std::uint8_t is_present_ = 0;
};

// Half open: start <= time < end.
struct Window {
  Time start;
  Time end;

  friend constexpr bool operator==(const Window&, const Window&) = default;
};

static_assert(sizeof(Time) == 8 && sizeof(Text) == sizeof(weir_text));
static_assert(sizeof(Window) == sizeof(weir_window));

}  // namespace v1
}  // namespace weir
