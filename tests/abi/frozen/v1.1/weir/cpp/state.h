// WEIR_STATE: what the host keeps for each key and window.
//
//   struct Attempt {
//     std::int32_t steps = 0, cost_ms = 0;
//     Stage failed_at = Stage::None;
//   };
//   WEIR_STATE(Attempt, 1, steps, cost_ms, failed_at)
//
// The number is raised with every change of the fields: stored state is then converted by name, or
// as WEIR_MIGRATE says.
#pragma once

#include <weir/cpp/migration.h>

namespace weir {
inline namespace v1 {
namespace detail {

// Whether a T points to text outside of itself.
template <class T>
constexpr bool has_text() {
  using Value = typename OptionalTraits<T>::Value;
  if constexpr (std::is_same_v<Value, Text> || std::is_same_v<Value, Bytes>) {
    return true;
  } else if constexpr (Record<Value>) {
    bool result = false;
    each_field<Value>([&]<class R, class M>(const RecordField<R, M>&) { result |= has_text<M>(); });
    return result;
  } else {
    return false;
  }
}

template <class T>
constexpr bool check_state() {
  static_assert(!has_text<T>(),
                "an accumulator is kept by the host and cannot point to text of a record: use "
                "weir::InlineText<N> instead of weir::Text or weir::Bytes");
  return true;
}

template <class T>
constexpr void require_state() {
  static_assert(State<T>,
                "this type is not an accumulator: write WEIR_STATE(Type, version, "
                "fields...) behind it, in the same namespace");
}

template <class T>
const weir_state* state_of() {
  // Bytes between the fields are zero, so that equal states are equal bytes.
  alignas(T) static char initial[sizeof(T)] = {};
  static const weir_state state = [] {
    copy_fields(T{}, initial);
    auto table = sized<weir_state>();
    table.version = weir_state_version_of(Of<T>());
    table.record = record_of<T>();
    table.initial = initial;
    if constexpr (Migrated<T>) describe_migrations<T>(table);
    return table;
  }();
  return &state;
}

}  // namespace detail
}  // namespace v1
}  // namespace weir

// WEIR_STATE(Type, version, fields...)
#define WEIR_STATE(StateType, version, ...)                                                       \
  WEIR_RECORD(StateType, __VA_ARGS__)                                                             \
  static_assert((version) >= 1, "the version of a state starts at 1");                            \
  static_assert(::weir::detail::check_state<StateType>());                                        \
  [[maybe_unused]] constexpr std::uint32_t weir_state_version_of(::weir::detail::Of<StateType>) { \
    return version;                                                                               \
  }
