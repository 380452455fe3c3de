#include "state/record_conversion.h"

#include <algorithm>
#include <cstring>
#include <optional>
#include <string_view>

#include "base/format.h"

namespace weir {
namespace {

using Type = FieldType;

bool is_signed(Type type) {
  return type == Type::I8 || type == Type::I16 || type == Type::I32 || type == Type::I64;
}

bool is_unsigned(Type type) {
  return type == Type::U8 || type == Type::U16 || type == Type::U32 || type == Type::U64;
}

// Integers that an f64 tells apart.
bool is_exact_in_f64(const Field& from) {
  return (is_signed(from.type) || is_unsigned(from.type)) && from.size <= 4;
}

std::string text_of(const Field& field) {
  std::string text(name_of(field.type));
  if (field.type == Type::InlineText) text += format(" of {} bytes", field.size - 2);
  if (field.is_optional()) text = "optional " + text;
  return text;
}

Error refusal(std::string_view path, const Field& from, const Field& to) {
  return Error(
      ErrorKind::Incompatible,
      format("field {} was {}, and {} cannot be made of it", path, text_of(from), text_of(to)));
}

std::int64_t load_signed(const std::byte* from, std::size_t size) {
  std::int64_t number = 0;
  std::memcpy(&number, from, size);
  const auto unused = static_cast<int>(64 - 8 * size);
  return static_cast<std::int64_t>(static_cast<std::uint64_t>(number) << unused) >> unused;
}

std::uint64_t load_unsigned(const std::byte* from, std::size_t size) {
  std::uint64_t number = 0;
  std::memcpy(&number, from, size);
  return number;
}

template <class Number>
void store(std::byte* to, Number number, std::size_t size = sizeof(Number)) {
  std::memcpy(to, &number, size);
}

}  // namespace

Result<RecordConversion> RecordConversion::make(const RecordSchema& from, const RecordSchema& to) {
  RecordConversion made;
  TRY_DO(made.add_record(from, to, {}));
  return made;
}

Status RecordConversion::add_record(const RecordSchema& from,
                                    const RecordSchema& to,
                                    const Place& place) {
  for (const Field& field : to.fields) {
    Place its = place;
    its.path += field.name;
    if (const Field* known = from.find(field.name)) {
      TRY_DO(add_field(*known, field, its));
    } else {
      added_.push_back(its.path);
    }
  }
  for (const Field& field : from.fields) {
    if (to.find(field.name) == nullptr) gone_.push_back(place.path + field.name);
  }
  return Done{};
}

Status RecordConversion::add_field(const Field& from, const Field& to, const Place& place) {
  if (from.is_optional() && !to.is_optional()) return refusal(place.path, from, to);
  if (to.is_optional()) {
    const std::uint32_t presence = place.to + *to.presence_offset;
    if (from.is_optional()) {
      steps_.push_back({.kind = Step::Kind::Copy,
                        .from = place.from + *from.presence_offset,
                        .to = presence,
                        .size = 1});
    } else {
      steps_.push_back({.kind = Step::Kind::Present, .to = presence});
      widened_.push_back(place.path);
    }
  }
  return add_value(from, to, {place.from + from.offset, place.to + to.offset, place.path});
}

Status RecordConversion::add_value(const Field& from, const Field& to, const Place& place) {
  if (from.type == Type::Enum && to.type == Type::Enum) return add_enum(from, to, place);
  if (from.type == Type::Record && to.type == Type::Record) {
    return add_record(*from.record, *to.record, {place.from, place.to, place.path + "."});
  }
  if (from.type == Type::InlineText && to.type == Type::InlineText) {
    if (to.size < from.size) return refusal(place.path, from, to);
    if (to.size > from.size) widened_.push_back(place.path);
    steps_.push_back({.kind = Step::Kind::InlineText,
                      .from = place.from,
                      .to = place.to,
                      .size = from.size,
                      .to_size = to.size});
    return Done{};
  }
  if (from.type != to.type) return add_number(from, to, place);
  steps_.push_back(
      {.kind = Step::Kind::Copy, .from = place.from, .to = place.to, .size = from.size});
  return Done{};
}

Status RecordConversion::add_number(const Field& from, const Field& to, const Place& place) {
  std::optional<Step::Kind> kind;
  const bool is_wider = to.size > from.size;
  if (is_signed(from.type) && is_signed(to.type) && is_wider) kind = Step::Kind::Signed;
  if (is_unsigned(from.type) && (is_signed(to.type) || is_unsigned(to.type)) && is_wider) {
    kind = Step::Kind::Unsigned;
  }
  if (to.type == Type::F64 && is_exact_in_f64(from)) {
    kind = is_signed(from.type) ? Step::Kind::SignedReal : Step::Kind::UnsignedReal;
  }
  if (from.type == Type::F32 && to.type == Type::F64) kind = Step::Kind::Real;
  if (!kind) return refusal(place.path, from, to);
  widened_.push_back(place.path);
  steps_.push_back(
      {.kind = *kind, .from = place.from, .to = place.to, .size = from.size, .to_size = to.size});
  return Done{};
}

Status RecordConversion::add_enum(const Field& from, const Field& to, const Place& place) {
  Step step{.kind = Step::Kind::Number, .from = place.from, .to = place.to};
  bool is_copy = true;
  for (const Enumerator& each : from.enumerators) {
    const auto known = std::ranges::find(to.enumerators, each.name, &Enumerator::name);
    if (known == to.enumerators.end()) {
      return Error(
          ErrorKind::Incompatible,
          format(
              "field {} may be {}, which its enum does not have any more", place.path, each.name));
    }
    is_copy &= known->value == each.value;
    step.numbers.emplace_back(each.value, known->value);
  }
  if (is_copy) {
    step = {.kind = Step::Kind::Copy, .from = place.from, .to = place.to, .size = from.size};
  }
  steps_.push_back(std::move(step));
  return Done{};
}

void RecordConversion::convert(const std::byte* from, std::byte* to) const {
  for (const Step& step : steps_) {
    const std::byte* source = from + step.from;
    std::byte* target = to + step.to;
    switch (step.kind) {
      case Step::Kind::Copy: std::memcpy(target, source, step.size); break;
      case Step::Kind::Signed: store(target, load_signed(source, step.size), step.to_size); break;
      case Step::Kind::Unsigned:
        store(target, load_unsigned(source, step.size), step.to_size);
        break;
      case Step::Kind::SignedReal:
        store(target, static_cast<double>(load_signed(source, step.size)));
        break;
      case Step::Kind::UnsignedReal:
        store(target, static_cast<double>(load_unsigned(source, step.size)));
        break;
      case Step::Kind::Real: {
        float number = 0;
        std::memcpy(&number, source, sizeof(number));
        store(target, static_cast<double>(number));
        break;
      }
      case Step::Kind::InlineText:
        std::memset(target, 0, step.to_size);
        std::memcpy(target, source, step.size);
        break;
      case Step::Kind::Present: *target = std::byte{1}; break;
      case Step::Kind::Number: {
        std::int32_t number = 0;
        std::memcpy(&number, source, sizeof(number));
        const auto known =
            std::ranges::find(step.numbers, number, &std::pair<std::int32_t, std::int32_t>::first);
        store(target, known == step.numbers.end() ? number : known->second);
        break;
      }
    }
  }
}

}  // namespace weir
