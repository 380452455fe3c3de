#include "format/record_plan.h"

#include <algorithm>
#include <bit>
#include <tuple>

#include "base/check.h"

namespace weir {
namespace {

std::vector<std::string> names_of(const std::vector<Field>& fields) {
  std::vector<std::string> names;
  for (const Field& field : fields)
    names.push_back(field.name);
  return names;
}

auto order_of(std::string_view name) {
  return std::tuple(name.size(), name);
}

}  // namespace

EnumNames::EnumNames(const std::vector<Enumerator>& enumerators) : sorted_(enumerators) {
  std::sort(sorted_.begin(), sorted_.end(), [](const auto& a, const auto& b) {
    return order_of(a.name) < order_of(b.name);
  });
}

std::optional<std::int32_t> EnumNames::find(std::string_view name) const {
  const auto found = std::lower_bound(sorted_.begin(),
                                      sorted_.end(),
                                      name,
                                      [](const Enumerator& enumerator, std::string_view wanted) {
                                        return order_of(enumerator.name) < order_of(wanted);
                                      });
  if (found == sorted_.end() || found->name != name) return std::nullopt;
  return found->value;
}

RecordPlan::RecordPlan(const RecordSchema& schema)
    : size(schema.size),
      keys(names_of(schema.fields)),
      more_required_(schema.fields.size() / 64),
      more_missing_(more_required_.size()) {
  for (const Field& field : schema.fields) {
    const auto number = static_cast<std::uint32_t>(fields.size());
    CHECK(field.type != FieldType::Record || field.record != nullptr, field.name);
    fields.push_back({.store = store_of(field.type),
                      .is_optional = field.is_optional(),
                      .offset = field.offset,
                      .size = field.size,
                      .presence_offset = field.presence_offset.value_or(0),
                      .number = number,
                      .field = &field,
                      .enumerators = EnumNames(field.enumerators),
                      .record = field.type == FieldType::Record
                                    ? std::make_unique<RecordPlan>(*field.record)
                                    : nullptr});
    if (field.is_optional()) continue;
    std::uint64_t& word = number < 64 ? required_ : more_required_[number / 64 - 1];
    word |= 1ull << number % 64;
  }
}

const FieldPlan& RecordPlan::first_missing() const {
  std::size_t first = 0;
  std::uint64_t word = missing_;
  while (word == 0)
    word = more_missing_[first++];
  return fields[64 * first + static_cast<std::size_t>(std::countr_zero(word))];
}

}  // namespace weir
