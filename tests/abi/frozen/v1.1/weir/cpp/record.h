// WEIR_RECORD and WEIR_ENUM: how a plain struct tells its fields.
//
//   enum class Stage : std::int32_t { None, Sdk, Gateway };
//   WEIR_ENUM(Stage, None, Sdk, Gateway)
//
//   struct EnterStep {
//     weir::Time tm;
//     weir::Text user_id;
//     Stage stage;
//     std::int32_t cost_ms;
//   };
//   WEIR_RECORD(EnterStep, tm, user_id, stage, (cost_ms, "ms", "what the step took"))
//
// Both stand in the namespace of their type, outside of any class.
#pragma once

#include <array>
#include <cstddef>
#include <tuple>

#include <weir/cpp/each.h>
#include <weir/cpp/values.h>

namespace weir {
inline namespace v1 {
namespace detail {

// Finds the functions that WEIR_RECORD and WEIR_ENUM leave in the namespace of T.
template <class T>
struct Of {};

template <class Record, class Member>
struct RecordField {
  using Type = Member;
  std::string_view name;
  Member Record::*member;
  std::size_t offset;
  std::string_view unit;
  std::string_view doc;
};

template <class Record, class Member>
constexpr RecordField<Record, Member> make_field(std::string_view name,
                                                 Member Record::*member,
                                                 std::size_t offset,
                                                 std::string_view unit = {},
                                                 std::string_view doc = {}) {
  return {name, member, offset, unit, doc};
}

struct Enumerator {
  std::string_view name;
  std::int32_t value;
};

// `ns::Type` is called `Type`.
constexpr std::string_view last_name(std::string_view name) {
  const auto colon = name.rfind(':');
  return colon == std::string_view::npos ? name : name.substr(colon + 1);
}

template <class T>
concept Record = requires {
  weir_fields_of(Of<T>());
};
template <class T>
concept Enumeration = requires {
  weir_enumerators_of(Of<T>());
};

template <class T>
struct OptionalTraits {
  static constexpr bool kIsOptional = false;
  using Value = T;
};
template <class T>
struct OptionalTraits<Optional<T>> {
  static constexpr bool kIsOptional = true;
  using Value = T;
};
template <class T>
inline constexpr bool kIsInlineText = false;
template <std::size_t Capacity>
inline constexpr bool kIsInlineText<InlineText<Capacity>> = true;

template <class T>
inline constexpr bool kIsCharacter =
    std::is_same_v<T, char> || std::is_same_v<T, wchar_t> || std::is_same_v<T, char8_t> ||
    std::is_same_v<T, char16_t> || std::is_same_v<T, char32_t>;

template <class T>
constexpr std::uint32_t integer_type() {
  constexpr bool is_signed = std::is_signed_v<T>;
  if (sizeof(T) == 1) return is_signed ? WEIR_I8 : WEIR_U8;
  if (sizeof(T) == 2) return is_signed ? WEIR_I16 : WEIR_U16;
  if (sizeof(T) == 4) return is_signed ? WEIR_I32 : WEIR_U32;
  return is_signed ? WEIR_I64 : WEIR_U64;
}

// WEIR_BOOL ...; 0 when a field cannot have this type.
template <class T>
constexpr std::uint32_t type_code() {
  if constexpr (std::is_same_v<T, bool>)
    return WEIR_BOOL;
  else if constexpr (std::is_integral_v<T> && !kIsCharacter<T>)
    return integer_type<T>();
  else if constexpr (std::is_same_v<T, float>)
    return WEIR_F32;
  else if constexpr (std::is_same_v<T, double>)
    return WEIR_F64;
  else if constexpr (std::is_same_v<T, Time>)
    return WEIR_TIME;
  else if constexpr (std::is_same_v<T, Text>)
    return WEIR_TEXT;
  else if constexpr (std::is_same_v<T, Bytes>)
    return WEIR_BYTES;
  else if constexpr (Enumeration<T>)
    return WEIR_ENUM_FIELD;
  else if constexpr (kIsInlineText<T>)
    return WEIR_INLINE_TEXT;
  else if constexpr (Record<T>)
    return WEIR_RECORD_FIELD;
  else
    return 0;
}

template <class T>
constexpr bool check_field() {
  using Value = typename OptionalTraits<T>::Value;
  static_assert(!std::is_same_v<Value, std::string> && !std::is_same_v<Value, std::string_view>,
                "a record holds text as weir::Text, or as weir::InlineText<N> in an accumulator");
  static_assert(!std::is_enum_v<Value> || Enumeration<Value>,
                "an enum in a record needs WEIR_ENUM(Type, names...) in front of WEIR_RECORD");
  static_assert(!std::is_class_v<Value> || type_code<Value>() != 0 ||
                    std::is_same_v<Value, std::string> || std::is_same_v<Value, std::string_view>,
                "a struct inside a record needs a WEIR_RECORD of its own in front of this one; "
                "containers and std::chrono types cannot be fields");
  static_assert(type_code<Value>() != 0 || std::is_class_v<Value> || std::is_enum_v<Value>,
                "this type cannot be a field: use bool, std::int8_t ... std::uint64_t, float, "
                "double, weir::Time, weir::Text, weir::Bytes, weir::InlineText<N>, an enum, "
                "a record, or weir::Optional of one of them");
  return true;
}

// Converts to anything: tells how many members a struct can be initialised with.
struct Anything {
  template <class T>
  operator T() const;
};

template <class T, std::size_t... Index>
constexpr bool takes_members(std::index_sequence<Index...>) {
  return requires {
    T{(static_cast<void>(Index), Anything())...};
  };
}

template <class T, class... Members>
constexpr bool check_record(const std::tuple<RecordField<T, Members>...>&) {
  static_assert(std::is_aggregate_v<T> && std::is_standard_layout_v<T>,
                "a record is a plain struct: no constructors, no base class, nothing private, "
                "nothing virtual");
  static_assert((check_field<Members>() && ...));
  static_assert(std::is_trivially_copyable_v<T>, "a record must be copyable as plain bytes");
  static_assert(!takes_members<T>(std::make_index_sequence<sizeof...(Members) + 1>()),
                "WEIR_RECORD or WEIR_STATE does not name all members of the struct");
  static_assert(alignof(T) <= 16, "a record may be aligned to 16 bytes at most");
  return true;
}

template <class T>
constexpr void require_record() {
  static_assert(Record<T>,
                "this type is not a record: write WEIR_RECORD(Type, fields...) behind it, "
                "in the same namespace");
}

// Calls visit(field) for each field of T, in order.
template <class T, class Visit>
constexpr void each_field(Visit&& visit) {
  std::apply([&](const auto&... fields) { (visit(fields), ...); }, weir_fields_of(Of<T>()));
}

}  // namespace detail
}  // namespace v1
}  // namespace weir

#define WEIR_FIELD(item) WEIR_PASTE(WEIR_FIELD_, WEIR_IS_LIST(item))(item)
#define WEIR_FIELD_0(field) \
  ::weir::detail::make_field(#field, &WeirRecord::field, offsetof(WeirRecord, field))
#define WEIR_FIELD_1(list) WEIR_FIELD_LIST list
#define WEIR_FIELD_LIST(field, ...) \
  ::weir::detail::make_field(       \
      #field, &WeirRecord::field, offsetof(WeirRecord, field) __VA_OPT__(, ) __VA_ARGS__)

// WEIR_RECORD(Type, fields...). A field is its name, or (name, "unit", "what it means").
#define WEIR_RECORD(RecordType, ...)                                                         \
  [[maybe_unused]] constexpr auto weir_fields_of(::weir::detail::Of<RecordType>) {           \
    using WeirRecord = RecordType;                                                           \
    return std::make_tuple(WEIR_EACH(WEIR_FIELD, __VA_ARGS__));                              \
  }                                                                                          \
  [[maybe_unused]] constexpr std::string_view weir_name_of(::weir::detail::Of<RecordType>) { \
    return ::weir::detail::last_name(#RecordType);                                           \
  }                                                                                          \
  static_assert(                                                                             \
      ::weir::detail::check_record<RecordType>(weir_fields_of(::weir::detail::Of<RecordType>())));

#define WEIR_ENUMERATOR(enumerator)                                \
  ::weir::detail::Enumerator {                                     \
#enumerator, static_cast < std::int32_t>(WeirEnum::enumerator) \
  }

// WEIR_ENUM(Type, enumerators...): the names under which the values stand on the wire.
#define WEIR_ENUM(EnumType, ...)                                                                 \
  static_assert(sizeof(EnumType) == sizeof(std::int32_t),                                        \
                "an enum in a record is `enum class Name : std::int32_t`");                      \
  [[maybe_unused]] constexpr auto weir_enumerators_of(::weir::detail::Of<EnumType>) {            \
    using WeirEnum = EnumType;                                                                   \
    return std::to_array<::weir::detail::Enumerator>({WEIR_EACH(WEIR_ENUMERATOR, __VA_ARGS__)}); \
  }                                                                                              \
  [[maybe_unused]] constexpr std::string_view weir_name_of(::weir::detail::Of<EnumType>) {       \
    return ::weir::detail::last_name(#EnumType);                                                 \
  }
