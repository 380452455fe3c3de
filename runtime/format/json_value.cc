#include "format/json_value.h"

#include <cstring>
#include <utility>

#include <weir/abi.h>

#include "format/base64.h"
#include "format/json_number.h"
#include "format/json_text.h"
#include "format/record_plan.h"
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
Reason store_integer(const FieldPlan&, std::string_view token, std::byte* to, Block&) {
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
Reason store_decimal(const FieldPlan&, std::string_view token, std::byte* to, Block&) {
  Float value = 0;
  const NumberProblem problem = read_decimal(token, value);
  if (problem != NumberProblem::None) [[unlikely]]
    return why_not_number(token, problem);
  store(to, value);
  return std::nullopt;
}

Reason store_bool(const FieldPlan&, std::string_view token, std::byte* to, Block&) {
  if (token != "true" && token != "false") return why_not_wanted(token);
  store(to, static_cast<std::uint8_t>(token == "true"));
  return std::nullopt;
}

constexpr std::uint64_t kOnes = 0x0101010101010101u;

std::uint64_t load(const char* from) {
  std::uint64_t word = 0;
  std::memcpy(&word, from, sizeof word);
  return word;
}

// Not zero when a byte of `word` is a backslash.
constexpr std::uint64_t backslashes(std::uint64_t word) {
  const std::uint64_t difference = word ^ kOnes * '\\';
  return (difference - kOnes) & ~difference & kOnes * 0x80;
}

// Copies a text of less than eight bytes; returns those that tell whether it has a backslash.
inline std::uint64_t copy_short(const char* from, std::size_t size, char* out) {
  std::uint64_t word = 0;
  if (size >= 4) {
    std::uint32_t begin = 0;
    std::uint32_t end = 0;
    std::memcpy(&begin, from, 4);
    std::memcpy(&end, from + size - 4, 4);
    std::memcpy(out, &begin, 4);
    std::memcpy(out + size - 4, &end, 4);
    return std::uint64_t{begin} << 32 | end;
  }
  for (std::size_t i = 0; i < size; ++i) {
    out[i] = from[i];
    word = word << 8 | static_cast<unsigned char>(from[i]);
  }
  return word;
}

// Copies the inside of a string; returns whether it has no escape, so that this was all.
inline bool copy_plain(const char* from, std::size_t size, char* out) {
  if (size < 8) return backslashes(copy_short(from, size, out)) == 0;
  // The last eight bytes, and those before them in steps of eight.
  const std::size_t last = size - 8;
  const std::uint64_t end = load(from + last);
  std::uint64_t found = backslashes(end);
  for (std::size_t i = 0; i < last; i += 8) {
    const std::uint64_t word = load(from + i);
    found |= backslashes(word);
    std::memcpy(out + i, &word, 8);
  }
  std::memcpy(out + last, &end, 8);
  return found == 0;
}

// What a string stands for, at the front of the arena's room but not yet taken from it.
Reason unescape(std::string_view token, Block& block, std::string_view& text) {
  if (token[0] != '"') [[unlikely]]
    return why_not_wanted(token);
  const std::string_view inside = token.substr(1, token.size() - 2);
  char* out = arena_room(block, inside.size());
  text = {out, inside.size()};
  if (copy_plain(inside.data(), inside.size(), out)) [[likely]]
    return std::nullopt;
  const char* end = unescape_json(inside, out);
  if (end == nullptr) return DecodeReason::BadEscape;
  text = {out, static_cast<std::size_t>(end - out)};
  return std::nullopt;
}

Reason store_escaped_text(std::string_view token, std::byte* to, Block& block) {
  std::string_view text;
  if (const Reason reason = unescape(token, block, text)) return reason;
  store(to, weir_text{text.data(), text.size()});
  block.arena_next += text.size();
  return std::nullopt;
}

Reason store_text(const FieldPlan&, std::string_view token, std::byte* to, Block& block) {
  char* const out = block.arena_next;
  const std::size_t size = token.size() - 2;
  const bool is_plain = token[0] == '"' && size < static_cast<std::size_t>(block.arena_end - out) &&
                        copy_plain(token.data() + 1, size, out);
  if (!is_plain) [[unlikely]]
    return store_escaped_text(token, to, block);
  store(to, weir_text{out, size});
  block.arena_next = out + size;
  return std::nullopt;
}

Reason store_bytes(const FieldPlan&, std::string_view token, std::byte* to, Block& block) {
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

Reason store_time(const FieldPlan& field, std::string_view token, std::byte* to, Block& block) {
  if (token[0] != '"') [[likely]]
    return store_integer<std::int64_t>(field, token, to, block);
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

StoreValue store_of(FieldType type) {
  switch (type) {
    case FieldType::Bool: return store_bool;
    case FieldType::I8: return store_integer<std::int8_t>;
    case FieldType::I16: return store_integer<std::int16_t>;
    case FieldType::I32: return store_integer<std::int32_t>;
    case FieldType::Duration:
    case FieldType::I64: return store_integer<std::int64_t>;
    case FieldType::U8: return store_integer<std::uint8_t>;
    case FieldType::U16: return store_integer<std::uint16_t>;
    case FieldType::U32: return store_integer<std::uint32_t>;
    case FieldType::U64: return store_integer<std::uint64_t>;
    case FieldType::F32: return store_decimal<float>;
    case FieldType::F64: return store_decimal<double>;
    case FieldType::Time: return store_time;
    case FieldType::Text: return store_text;
    case FieldType::Bytes: return store_bytes;
    case FieldType::Enum: return store_enumerator;
    case FieldType::InlineText: return store_inline_text;
    case FieldType::Record: break;
  }
  return nullptr;
}

}  // namespace weir
