// How much of a table of a plugin is there.
#pragma once

#include <cstddef>
#include <cstdint>

#include <weir/abi.h>

namespace weir {

// The size of the table in the first minor that had it, which a plugin of every minor reaches; that
// of the headers here may be larger. The numbers are those of tests/abi/frozen and stay for ever.
template <class Table>
inline constexpr std::uint32_t kSizeMin = 0;
template <>
inline constexpr std::uint32_t kSizeMin<weir_plugin> = 104;
template <>
inline constexpr std::uint32_t kSizeMin<weir_job> = 80;
template <>
inline constexpr std::uint32_t kSizeMin<weir_operator> = 96;
template <>
inline constexpr std::uint32_t kSizeMin<weir_parameter> = 80;
template <>
inline constexpr std::uint32_t kSizeMin<weir_record> = 56;
template <>
inline constexpr std::uint32_t kSizeMin<weir_field> = 88;
template <>
inline constexpr std::uint32_t kSizeMin<weir_enumeration> = 40;
template <>
inline constexpr std::uint32_t kSizeMin<weir_key> = 24;
template <>
inline constexpr std::uint32_t kSizeMin<weir_state> = 24;
template <>
inline constexpr std::uint32_t kSizeMin<weir_migration> = 24;
template <>
inline constexpr std::uint32_t kSizeMin<weir_window_spec> = 40;
template <>
inline constexpr std::uint32_t kSizeMin<weir_event_time> = 16;
template <>
inline constexpr std::uint32_t kSizeMin<weir_source_connector> = 64;
template <>
inline constexpr std::uint32_t kSizeMin<weir_sink_connector> = 64;
template <>
inline constexpr std::uint32_t kSizeMin<weir_instance> = 40;
template <>
inline constexpr std::uint32_t kSizeMin<weir_functions> = 64;
template <>
inline constexpr std::uint32_t kSizeMin<weir_source_instance> = 48;
template <>
inline constexpr std::uint32_t kSizeMin<weir_split_reader> = 40;
template <>
inline constexpr std::uint32_t kSizeMin<weir_sink_instance> = 48;
template <>
inline constexpr std::uint32_t kSizeMin<weir_message> = 56;

// Whether all members of that minor are there. Of later ones has_field() tells.
template <class Table>
bool is_whole(const Table& table) {
  static_assert(kSizeMin<Table> > 0);
  return table.struct_size >= kSizeMin<Table>;
}

// Whether the maker of the table knew this member.
template <class Table, class Member>
bool has_field(const Table& table, Member Table::*member) {
  const auto* begin = reinterpret_cast<const std::byte*>(&table);
  const auto* end = reinterpret_cast<const std::byte*>(&(table.*member)) + sizeof(Member);
  return static_cast<std::uint64_t>(end - begin) <= table.struct_size;
}

// Gives back an instance that cannot be used, as far as that is possible.
template <class Table>
void discard(Table* table) {
  if (table == nullptr || !has_field(*table, &Table::destroy)) return;
  if (table->destroy != nullptr) table->destroy(table->self);
}

}  // namespace weir
