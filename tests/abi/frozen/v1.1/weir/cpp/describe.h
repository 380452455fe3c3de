// Record, enumeration and state types as the tables of the ABI.
#pragma once

#include <weir/cpp/record.h>

namespace weir {
inline namespace v1 {
namespace detail {

template <class Table>
constexpr Table sized() {
  Table table{};
  table.struct_size = sizeof(Table);
  return table;
}

constexpr weir_text text_of(std::string_view text) {
  return {text.data(), text.size()};
}

// Describes T; lives as long as the library.
template <class T>
const weir_record* record_of();

// The names and values of one enumeration, where the descriptor points to.
template <std::size_t Count>
struct EnumerationTable {
  std::array<weir_text, Count> names{};
  std::array<std::int32_t, Count> values{};
};

template <class T>
const weir_enumeration* enumeration_of() {
  constexpr std::size_t kCount = weir_enumerators_of(Of<T>()).size();
  static EnumerationTable<kCount> table;
  static const weir_enumeration enumeration = [] {
    const auto enumerators = weir_enumerators_of(Of<T>());
    for (std::size_t i = 0; i < kCount; ++i) {
      table.names[i] = text_of(enumerators[i].name);
      table.values[i] = enumerators[i].value;
    }
    auto result = sized<weir_enumeration>();
    result.value_count = kCount;
    result.name = text_of(weir_name_of(Of<T>()));
    result.names = table.names.data();
    result.values = table.values.data();
    return result;
  }();
  return &enumeration;
}

template <class Member>
weir_field describe_field(std::string_view name,
                          std::size_t offset,
                          std::string_view unit,
                          std::string_view doc) {
  using Value = typename OptionalTraits<Member>::Value;
  auto field = sized<weir_field>();
  field.type = type_code<Value>();
  field.offset = static_cast<std::uint32_t>(offset);
  field.size = sizeof(Value);
  if constexpr (OptionalTraits<Member>::kIsOptional) {
    field.flags = WEIR_FIELD_OPTIONAL;
    field.presence_offset = static_cast<std::uint32_t>(offset + Member::presence_offset());
  }
  field.name = text_of(name);
  field.unit = text_of(unit);
  field.doc = text_of(doc);
  if constexpr (Enumeration<Value>) field.enumeration = enumeration_of<Value>();
  if constexpr (Record<Value>) field.record = record_of<Value>();
  return field;
}

// The fields of one record, where the descriptor points to.
template <std::size_t Count>
struct FieldTable {
  std::array<weir_field, Count> fields{};
  std::array<const weir_field*, Count> pointers{};
};

template <class T>
const weir_record* record_of() {
  constexpr std::size_t kCount = std::tuple_size_v<decltype(weir_fields_of(Of<T>()))>;
  static FieldTable<kCount> table;
  static const weir_record record = [] {
    std::size_t index = 0;
    each_field<T>([&]<class R, class M>(const RecordField<R, M>& field) {
      table.fields[index] = describe_field<M>(field.name, field.offset, field.unit, field.doc);
      table.pointers[index] = &table.fields[index];
      ++index;
    });
    auto result = sized<weir_record>();
    result.size = sizeof(T);
    result.alignment = alignof(T);
    result.field_count = kCount;
    result.fields = table.pointers.data();
    result.name = text_of(weir_name_of(Of<T>()));
    return result;
  }();
  return &record;
}

// The name of the field that `member` points to; empty when WEIR_RECORD does not name it.
template <class T, class Member>
constexpr std::string_view field_name(Member T::*member) {
  std::string_view name;
  each_field<T>([&]<class R, class M>(const RecordField<R, M>& field) {
    if constexpr (std::is_same_v<M, Member>) {
      if (field.member == member) name = field.name;
    }
  });
  return name;
}

// The offset of the field that `member` points to; SIZE_MAX when WEIR_RECORD does not name it.
template <class T, class Member>
constexpr std::size_t field_offset(Member T::*member) {
  std::size_t offset = SIZE_MAX;
  each_field<T>([&]<class R, class M>(const RecordField<R, M>& field) {
    if constexpr (std::is_same_v<M, Member>) {
      if (field.member == member) offset = field.offset;
    }
  });
  return offset;
}

// Copies the fields of `from` into `to`, leaving what stands between the fields as it is.
template <class T>
void copy_fields(const T& from, char* to) {
  each_field<T>([&]<class R, class M>(const RecordField<R, M>& field) {
    const M& value = from.*(field.member);
    char* target = to + field.offset;
    if constexpr (OptionalTraits<M>::kIsOptional) {
      using Value = typename M::Value;
      if constexpr (Record<Value>)
        copy_fields(*value, target);
      else
        std::memcpy(target, &*value, sizeof(Value));
      target[M::presence_offset()] = value.has_value() ? 1 : 0;
    } else if constexpr (Record<M>) {
      copy_fields(value, target);
    } else {
      std::memcpy(target, &value, sizeof(M));
    }
  });
}

}  // namespace detail
}  // namespace v1
}  // namespace weir
