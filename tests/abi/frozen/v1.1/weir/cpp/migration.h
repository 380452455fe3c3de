// WEIR_MIGRATE: how states of earlier versions become those of now, where names and types of their
// fields do not say it.
//
//   struct OldAttempt { std::uint32_t failed = 0; };         // as it was, one bit for each step
//   WEIR_STATE(OldAttempt, 1, failed)
//
//   struct Attempt { Steps failed; };                        // as it is
//   WEIR_STATE(Attempt, 2, failed)
//
//   Attempt from_bits(const OldAttempt& old) { return {.failed = steps_of(old.failed)}; }
//   WEIR_MIGRATE(Attempt, from_bits)
//
// One function for each earlier version that may still be found; the names of the types do not
// matter. Merging before or after must come to the same. It stands behind WEIR_STATE, in the same
// namespace and file.
#pragma once

#include <weir/cpp/describe.h>
#include <weir/cpp/shell.h>

namespace weir {
inline namespace v1 {
namespace detail {

template <class T>
concept State = requires {
  weir_state_version_of(Of<T>());
};

template <class T>
concept Migrated = requires {
  weir_migrations_of(Of<T>());
};

// What a migration takes.
template <class New, class Old>
Old migrated_type(New (*)(const Old&));

template <class Function, class New>
concept MigrationTo = requires(Function function) {
  migrated_type<New>(function);
};

template <class New, class Function>
constexpr bool check_migration(Function) {
  static_assert(MigrationTo<Function, New>,
                "a migration is a function NewState name(const OldState&)");
  if constexpr (MigrationTo<Function, New>) {
    using Old = decltype(migrated_type<New>(std::declval<Function>()));
    static_assert(State<Old> && State<New>,
                  "what a migration takes and makes are accumulators: write WEIR_STATE(Type, "
                  "version, fields...) behind both");
    if constexpr (State<Old> && State<New>) {
      static_assert(weir_state_version_of(Of<Old>()) < weir_state_version_of(Of<New>()),
                    "a migration leads from an earlier version to a later one: raise the number "
                    "in WEIR_STATE of what it makes");
    }
  }
  return true;
}

template <class New, class... Functions>
constexpr bool check_migrations(const std::tuple<Functions...>& functions) {
  return std::apply([](auto... each) { return (check_migration<New>(each) && ...); }, functions);
}

template <class New, std::size_t Index>
weir_status migrate(std::uint32_t count,
                    void* const* to,
                    const void* const* from,
                    weir_error* error) noexcept {
  constexpr auto kMake = std::get<Index>(weir_migrations_of(Of<New>()));
  using Old = decltype(migrated_type<New>(kMake));
  return guard_rows(error, count, [&](std::uint32_t i) {
    copy_fields(kMake(*static_cast<const Old*>(from[i])), static_cast<char*>(to[i]));
  });
}

// The migrations of one state, where the descriptor points to.
template <std::size_t Count>
struct MigrationTable {
  std::array<weir_migration, Count> migrations{};
  std::array<const weir_migration*, Count> pointers{};
};

template <class New, std::size_t Index>
weir_migration migration_of() {
  using Old = decltype(migrated_type<New>(std::get<Index>(weir_migrations_of(Of<New>()))));
  auto table = sized<weir_migration>();
  table.version = weir_state_version_of(Of<Old>());
  table.record = record_of<Old>();
  table.migrate = &migrate<New, Index>;
  return table;
}

template <class New>
void describe_migrations(weir_state& state) {
  constexpr std::size_t kCount = std::tuple_size_v<decltype(weir_migrations_of(Of<New>()))>;
  static MigrationTable<kCount> table;
  [&]<std::size_t... Index>(std::index_sequence<Index...>) {
    ((table.migrations[Index] = migration_of<New, Index>()), ...);
    ((table.pointers[Index] = &table.migrations[Index]), ...);
  }
  (std::make_index_sequence<kCount>());
  state.migration_count = kCount;
  state.migrations = table.pointers.data();
}

}  // namespace detail
}  // namespace v1
}  // namespace weir

#define WEIR_ADDRESS(function) &function

// WEIR_MIGRATE(State, functions...)
#define WEIR_MIGRATE(StateType, ...)                                                  \
  [[maybe_unused]] constexpr auto weir_migrations_of(::weir::detail::Of<StateType>) { \
    return std::make_tuple(WEIR_EACH(WEIR_ADDRESS, __VA_ARGS__));                     \
  }                                                                                   \
  static_assert(::weir::detail::check_migrations<StateType>(                          \
      weir_migrations_of(::weir::detail::Of<StateType>())));
