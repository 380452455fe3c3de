// Keys: what weir::key() holds, and how it crosses the border as bytes.
#pragma once

#include <array>
#include <bit>
#include <tuple>

#include <weir/cpp/out.h>

namespace weir {
inline namespace v1 {

// The parts of a key, in order. `const auto& [lesson, user] = key;` takes them apart.
template <class... Parts>
using Key = std::tuple<Parts...>;

namespace detail {

template <class T>
struct KeyPart {
  using Decoded = T;
};
template <std::size_t Capacity>
struct KeyPart<InlineText<Capacity>> {
  using Decoded = Text;
};

template <class T>
constexpr std::uint32_t key_type() {
  if constexpr (kIsInlineText<T>)
    return WEIR_TEXT;
  else
    return type_code<T>();
}

template <class T>
constexpr bool check_key_part() {
  static_assert(!std::is_same_v<T, std::string> && !std::is_same_v<T, std::string_view> &&
                    !std::is_convertible_v<T, const char*>,
                "a part of a key that is text must be a weir::Text of the record: a std::string "
                "made inside the function is gone before the key is read");
  static_assert(!OptionalTraits<T>::kIsOptional,
                "a part of a key cannot be optional: say what a missing one means with value_or()");
  constexpr std::uint32_t kType = key_type<T>();
  static_assert((kType >= WEIR_BOOL && kType <= WEIR_U64) || kType == WEIR_TIME ||
                    kType == WEIR_TEXT || kType == WEIR_ENUM_FIELD ||
                    std::is_same_v<T, std::string> || std::is_same_v<T, std::string_view> ||
                    std::is_convertible_v<T, const char*> || OptionalTraits<T>::kIsOptional,
                "a part of a key is a bool, an integer, an enum, a weir::Time or a weir::Text; "
                "floating point numbers and records cannot be keys");
  return true;
}

template <class T>
struct KeyTuple {
  using Type = std::tuple<T>;
  using Decoded = std::tuple<typename KeyPart<T>::Decoded>;
};
template <class... Parts>
struct KeyTuple<std::tuple<Parts...>> {
  using Type = std::tuple<Parts...>;
  using Decoded = std::tuple<typename KeyPart<Parts>::Decoded...>;
};

template <class T>
std::uint64_t encoded_size(const T& part, bool is_last) {
  if constexpr (key_type<T>() == WEIR_TEXT) {
    return std::string_view(part).size() + (is_last ? 0 : sizeof(std::uint32_t));
  } else {
    return sizeof(T);
  }
}

template <class T>
char* encode_part(const T& part, bool is_last, char* at) {
  if constexpr (key_type<T>() == WEIR_TEXT) {
    const std::string_view text(part);
    if (!is_last) {
      const auto size = static_cast<std::uint32_t>(text.size());
      std::memcpy(at, &size, sizeof(size));
      at += sizeof(size);
    }
    return std::copy(text.begin(), text.end(), at);
  } else {
    std::memcpy(at, &part, sizeof(T));
    return at + sizeof(T);
  }
}

template <class... Parts>
weir_bytes encode_key(const std::tuple<Parts...>& key, weir_arena& arena) {
  static_assert(std::endian::native == std::endian::little);
  if constexpr (std::is_same_v<std::tuple<Parts...>, std::tuple<Text>>) {
    const Text& text = std::get<0>(key);
    return {reinterpret_cast<const std::uint8_t*>(text.data), text.size};
  } else {
    return std::apply(
        [&](const Parts&... parts) -> weir_bytes {
          std::size_t left = sizeof...(Parts);
          std::uint64_t size = 0;
          ((size += encoded_size(parts, --left == 0)), ...);
          char* const start = take(arena, size);
          char* at = start;
          left = sizeof...(Parts);
          ((at = encode_part(parts, --left == 0, at)), ...);
          return {reinterpret_cast<const std::uint8_t*>(start), size};
        },
        key);
  }
}

// Reads the parts of a key one after the other.
class KeyReader final {
 public:
  explicit KeyReader(weir_bytes key)
      : at_(reinterpret_cast<const char*>(key.data)), end_(at_ + key.size) {}

  template <class T>
  T next(bool is_last) {
    T part{};
    if constexpr (std::is_same_v<T, Text>) {
      auto size = static_cast<std::uint64_t>(end_ - at_);
      if (!is_last) size = next<std::uint32_t>(false);
      part = Text(std::string_view(at_, size));
      at_ += size;
    } else {
      std::memcpy(&part, at_, sizeof(T));
      at_ += sizeof(T);
    }
    return part;
  }

 private:
  const char* at_;
  const char* end_;
};

template <class Tuple>
struct KeyDecoder;
template <class... Parts>
struct KeyDecoder<std::tuple<Parts...>> {
  static std::tuple<Parts...> decode(weir_bytes bytes) {
    KeyReader reader(bytes);
    std::size_t left = sizeof...(Parts);
    std::tuple<Parts...> key;
    std::apply([&](Parts&... parts) { ((parts = reader.next<Parts>(--left == 0)), ...); }, key);
    return key;
  }
  static constexpr std::size_t kSize = sizeof...(Parts);
  static constexpr std::array<std::uint32_t, sizeof...(Parts)> kTypes{key_type<Parts>()...};
};

}  // namespace detail

// key(e.lesson_id, e.user_id): what key_by's function returns. A weir::Text in it is text of the
// row or a literal: what the function makes itself is gone before the key is read, so a key that is
// made is a weir::InlineText<N>.
template <class... Parts>
constexpr auto key(Parts&&... parts) {
  static_assert(sizeof...(Parts) > 0, "a key has at least one part");
  static_assert((detail::check_key_part<std::decay_t<Parts>>() && ...));
  return Key<std::decay_t<Parts>...>(std::forward<Parts>(parts)...);
}

}  // namespace v1
}  // namespace weir
