#include "format/json_value.h"

#include <cstring>
#include <utility>

#include <weir/abi.h>

#include "format/base64.h"
#include "format/json_number.h"
#include "format/json_text.h"
#include "format/time_text.h"

namespace weir {
namespace {

using Reason = std::optional<DecodeReason>;

template <class T>
void store(std::byte* to, T value) {
  std::memcpy(to, &value, sizeof value);
}

// Where the next bytes of a block's arena are; there are more than `size`, so it is never null.
char* arena_room(Block& block, std::size_t size) {
  const auto left = static_cast<std::size_t>(block.arena_end - block.arena_next);
  if (left <= size) [[unlikely]]
    block.grow(size + 1);
  return block.arena_next;
}

DecodeReason why_not_number(std::string_view token, NumberProblem problem) {
  switch (problem) {
    case NumberProblem::WrongType: return DecodeReason::WrongType;
    case NumberProblem::OutOfRange: return DecodeReason::OutOfRange;
    case NumberProblem::BadSyntax:
    case NumberProblem::None: break;
  }
  return why_not_wanted(token);
}

template <class Integer>
Reason store_integer(std::string_view token, std::byte* to) {
  using Wide = std::conditional_t<std::is_signed_v<Integer>, std::int64_t, std::uint64_t>;
  Wide value = 0;
  const NumberProblem problem = read_integer(token, value);
  if (problem != NumberProblem::None) [[unlikely]]
    return why_not_number(token, problem);
  if (!std::in_range<Integer>(value)) [[unlikely]]
    return DecodeReason::OutOfRange;
  store(to, static_cast<Integer>(value));
  return std::nullopt;
}

template <class Float>
Reason store_decimal(std::string_view token, std::byte* to) {
  Float value = 0;
  const NumberProblem problem = read_decimal(token, value);
  if (problem != NumberProblem::None) [[unlikely]]
    return why_not_number(token, problem);
  store(to, value);
  return std::nullopt;
}

Reason store_bool(std::string_view token, std::byte* to) {
  if (token != "true" && token != "false") return why_not_wanted(token);
  store(to, static_cast<std::uint8_t>(token == "true"));
  return std::nullopt;
}

// What a string stands for, at the front of the arena's room but not yet taken from it.
Reason unescape(std::string_view token, Block& block, std::string_view& text) {
  if (token[0] != '"') [[unlikely]]
    return why_not_wanted(token);
  const std::string_view inside = token.substr(1, token.size() - 2);
  char* out = arena_room(block, inside.size());
  text = {out, inside.size()};
  if (copy_unescaped(inside, out)) [[likely]]
    return std::nullopt;
  const char* end = unescape_json(inside, out);
  if (end == nullptr) return DecodeReason::BadEscape;
  text = {out, static_cast<std::size_t>(end - out)};
  return std::nullopt;
}

Reason store_text(std::string_view token, std::byte* to, Block& block) {
  std::string_view text;
  if (const Reason reason = unescape(token, block, text)) [[unlikely]]
    return reason;
  store(to, weir_text{text.data(), text.size()});
  block.arena_next += text.size();
  return std::nullopt;
}

Reason store_bytes(std::string_view token, std::byte* to, Block& block) {
  std::string_view text;
  if (const Reason reason = unescape(token, block, text)) return reason;
  // In place: what is written never overtakes what is read.
  char* out = block.arena_next;
  const char* end = read_base64(text, out);
  if (end == nullptr) return DecodeReason::BadBase64;
  const auto size = static_cast<std::size_t>(end - out);
  store(to, weir_bytes{reinterpret_cast<const std::uint8_t*>(out), size});
  block.arena_next += size;
  return std::nullopt;
}

Reason store_time(std::string_view token, std::byte* to, Block& block) {
  if (token[0] != '"') [[likely]]
    return store_integer<std::int64_t>(token, to);
  std::string_view text;
  if (const Reason reason = unescape(token, block, text)) return reason;
  const auto time = read_time(text);
  if (!time) return DecodeReason::BadTime;
  store(to, *time);
  return std::nullopt;
}

Reason store_enumerator(const FieldPlan& field,
                        std::string_view token,
                        std::byte* to,
                        Block& block) {
  std::string_view name;
  if (const Reason reason = unescape(token, block, name)) return reason;
  const auto value = field.enumerators.find(name);
  if (!value) return DecodeReason::UnknownName;
  store(to, *value);
  return std::nullopt;
}

Reason store_inline_text(const FieldPlan& field,
                         std::string_view token,
                         std::byte* to,
                         Block& block) {
  std::string_view text;
  if (const Reason reason = unescape(token, block, text)) return reason;
  const std::size_t room = field.size - sizeof(std::uint16_t);
  if (text.size() > room) return DecodeReason::TooLong;
  store(to, static_cast<std::uint16_t>(text.size()));
  std::byte* out = to + sizeof(std::uint16_t);
  std::memcpy(out, text.data(), text.size());
  std::memset(out + text.size(), 0, room - text.size());
  return std::nullopt;
}

}  // namespace

DecodeReason why_not_wanted(std::string_view token) {
  const char first = token[0];
  const bool is_value = first == '"' || first == '{' || first == '[' || token == "true" ||
                        token == "false" || is_json_number(token);
  return is_value ? DecodeReason::WrongType : DecodeReason::BadSyntax;
}

std::optional<DecodeReason> store_value(const FieldPlan& field,
                                        std::string_view token,
                                        std::byte* to,
                                        Block& block) {
  switch (field.type) {
    case FieldType::Bool: return store_bool(token, to);
    case FieldType::I8: return store_integer<std::int8_t>(token, to);
    case FieldType::I16: return store_integer<std::int16_t>(token, to);
    case FieldType::I32: return store_integer<std::int32_t>(token, to);
    case FieldType::Duration:
    case FieldType::I64: return store_integer<std::int64_t>(token, to);
    case FieldType::U8: return store_integer<std::uint8_t>(token, to);
    case FieldType::U16: return store_integer<std::uint16_t>(token, to);
    case FieldType::U32: return store_integer<std::uint32_t>(token, to);
    case FieldType::U64: return store_integer<std::uint64_t>(token, to);
    case FieldType::F32: return store_decimal<float>(token, to);
    case FieldType::F64: return store_decimal<double>(token, to);
    case FieldType::Time: return store_time(token, to, block);
    case FieldType::Text: return store_text(token, to, block);
    case FieldType::Bytes: return store_bytes(token, to, block);
    case FieldType::Enum: return store_enumerator(field, token, to, block);
    case FieldType::InlineText: return store_inline_text(field, token, to, block);
    case FieldType::Record: break;
  }
  return DecodeReason::WrongType;
}

}  // namespace weir
