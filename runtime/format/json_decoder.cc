// One pass over an object's fields along the index of its tokens. Each step relies on two facts:
// the last token of the text is a closing brace, and a brace that closes is the only step after
// which there may be no token left; so only there the end is checked.

#include <array>
#include <cstring>
#include <utility>

#include <weir/abi.h>

#include "base/check.h"
#include "base/format.h"
#include "format/base64.h"
#include "format/format.h"
#include "format/json_index.h"
#include "format/json_number.h"
#include "format/json_text.h"
#include "format/learned_keys.h"
#include "format/record_plan.h"
#include "format/time_text.h"

namespace weir {
namespace {

constexpr std::size_t kDepthMax = 1024;

enum class Token : std::uint8_t { Bad, Text, Number, Word, Open, Close };

constexpr std::array<Token, 256> make_tokens() {
  std::array<Token, 256> tokens{};
  for (const char c : std::string_view("-0123456789"))
    tokens[static_cast<unsigned char>(c)] = Token::Number;
  for (const char c : std::string_view("tfn"))
    tokens[static_cast<unsigned char>(c)] = Token::Word;
  for (const char c : std::string_view("{["))
    tokens[static_cast<unsigned char>(c)] = Token::Open;
  for (const char c : std::string_view("}]"))
    tokens[static_cast<unsigned char>(c)] = Token::Close;
  tokens['"'] = Token::Text;
  return tokens;
}
constexpr auto kTokens = make_tokens();

constexpr bool is_scalar(char c) {
  const Token token = kTokens[static_cast<unsigned char>(c)];
  return token == Token::Text || token == Token::Number || token == Token::Word;
}

constexpr bool is_blank(char c) {
  return c == ' ' || c == '\n' || c == '\r' || c == '\t';
}

template <class T>
void store(std::byte* to, T value) {
  std::memcpy(to, &value, sizeof value);
}

// Where the next bytes of a block's arena are; there are more than `size`, so it is never null.
char* take_room(Block& block, std::size_t size) {
  const auto left = static_cast<std::size_t>(block.arena_end - block.arena_next);
  if (left <= size) [[unlikely]]
    block.grow(size + 1);
  return block.arena_next;
}

class JsonDecoder final : public Decoder {
 public:
  explicit JsonDecoder(const RecordSchema& schema) : plan_(schema) {}

  std::optional<DecodeError> decode(std::string_view value,
                                    std::size_t padding,
                                    std::byte* row,
                                    Block& block) override;

 private:
  // All return whether it worked; fail() and fail_in() keep the cause.
  bool root(std::byte* row);
  bool object(RecordPlan& plan, std::byte* row);
  bool members(RecordPlan& plan, std::byte* row);
  bool member_value(std::int32_t number, RecordPlan& plan, std::byte* row);
  bool field_value(const FieldPlan& field, RecordPlan& plan, std::byte* row);
  bool scalar(const FieldPlan& field, std::byte* to);
  bool number(const FieldPlan& field, std::byte* to);
  bool text(const FieldPlan& field, std::byte* to);
  bool inline_text(const FieldPlan& field, std::string_view inside, std::byte* to);
  bool nested(const FieldPlan& field, std::byte* row);
  bool skip_container();
  bool unescape(std::string_view inside, std::string_view& text);

  bool fail(DecodeReason reason, std::size_t position);
  bool fail(DecodeReason reason) { return fail(reason, *next_); }
  bool fail_in(const Field& field);
  bool fail_type(const FieldPlan& field);
  bool fail_missing(const RecordPlan& plan);
  bool fail_end();
  bool fail_member(const std::uint32_t* key);
  DecodeError take_error();

  char at_next() const { return json_[*next_]; }
  Token token_kind() const { return kTokens[static_cast<unsigned char>(at_next())]; }
  // From the next token to the one behind it, which exists.
  std::string_view token() const;

  RecordPlan plan_;
  JsonIndex index_;

  // The value being decoded.
  const char* json_ = nullptr;
  const std::uint32_t* next_ = nullptr;
  const std::uint32_t* end_ = nullptr;
  Block* block_ = nullptr;
  DecodeReason reason_{};
  std::size_t position_ = 0;
  std::string path_;
};

std::optional<DecodeError> JsonDecoder::decode(std::string_view value,
                                               std::size_t /*padding*/,
                                               std::byte* row,
                                               Block& block) {
  if (auto problem = index_.build(value)) [[unlikely]] {
    fail(problem->reason, problem->position);
    return take_error();
  }
  json_ = value.data();
  next_ = index_.begin();
  end_ = index_.end();
  block_ = &block;
  if (!root(row)) [[unlikely]]
    return take_error();
  return std::nullopt;
}

bool JsonDecoder::root(std::byte* row) {
  if (at_next() != '{') {
    const bool is_json = token_kind() != Token::Bad && token_kind() != Token::Close;
    return fail(is_json ? DecodeReason::NotAnObject : DecodeReason::BadSyntax);
  }
  if (json_[end_[-1]] != '}') return fail_end();
  if (!object(plan_, row)) return false;
  return next_ == end_ || fail(DecodeReason::TrailingContent);
}

// The next token is its opening brace; afterwards it is the one behind its closing brace.
bool JsonDecoder::object(RecordPlan& plan, std::byte* row) {
  std::memset(row, 0, plan.size);
  plan.begin();
  ++next_;
  if (at_next() != '}' && !members(plan, row)) return false;
  if (!plan.is_complete()) [[unlikely]]
    return fail_missing(plan);
  ++next_;
  return true;
}

// What changes with each member lives in registers: next_ is up to date for calls only.
bool JsonDecoder::members(RecordPlan& plan, std::byte* row) {
  const char* const json = json_;
  const std::uint32_t* next = next_;
  std::uint32_t expected = 0;
  for (;;) {
    const std::uint32_t key = next[0];
    if (json[key] != '"' || json[next[1]] != ':') [[unlikely]] return fail_member(next);
    const auto found = plan.keys.find(expected, json + key, next[1] - key + 1);
    expected = found.next;
    next += 2;
    if (found.field == LearnedKeys::kUnknown && is_scalar(json[*next])) {
      ++next;
    } else {
      next_ = next;
      if (!member_value(found.field, plan, row)) [[unlikely]] return false;
      next = next_;
      if (next == end_) [[unlikely]] return fail(DecodeReason::Truncated);
    }
    const char separator = json[*next];
    if (separator != ',') break;
    ++next;
  }
  next_ = next;
  return at_next() == '}' || fail(DecodeReason::BadSyntax);
}

bool JsonDecoder::member_value(std::int32_t number, RecordPlan& plan, std::byte* row) {
  if (number == LearnedKeys::kUnknown) return skip_container();
  const FieldPlan& field = plan.fields[static_cast<std::size_t>(number)];
  return field_value(field, plan, row) || fail_in(*field.field);
}

bool JsonDecoder::field_value(const FieldPlan& field, RecordPlan& plan, std::byte* row) {
  if (token_kind() == Token::Word && token() == "null") {
    if (!field.is_optional) return fail(DecodeReason::Null);
    std::memset(row + field.offset, 0, field.size);
    store(row + field.presence_offset, std::uint8_t{0});
    ++next_;
    return true;
  }
  plan.saw(field);
  if (field.is_optional) store(row + field.presence_offset, std::uint8_t{1});
  if (field.type == FieldType::Record) return nested(field, row);
  if (!scalar(field, row + field.offset)) return false;
  ++next_;
  return true;
}

bool JsonDecoder::nested(const FieldPlan& field, std::byte* row) {
  if (at_next() != '{') return fail_type(field);
  return object(*field.record, row + field.offset);
}

bool JsonDecoder::scalar(const FieldPlan& field, std::byte* to) {
  switch (token_kind()) {
    case Token::Number: return number(field, to);
    case Token::Text: return text(field, to);
    case Token::Word: {
      const std::string_view word = token();
      if (word != "true" && word != "false") return fail(DecodeReason::BadSyntax);
      if (field.type != FieldType::Bool) return fail(DecodeReason::WrongType);
      store(to, static_cast<std::uint8_t>(word == "true"));
      return true;
    }
    default: return fail_type(field);
  }
}

std::string_view JsonDecoder::token() const {
  const char* begin = json_ + next_[0];
  const char* end = json_ + next_[1];
  while (is_blank(end[-1]))
    --end;
  return {begin, static_cast<std::size_t>(end - begin)};
}

DecodeReason reason_of(NumberProblem problem) {
  switch (problem) {
    case NumberProblem::WrongType: return DecodeReason::WrongType;
    case NumberProblem::OutOfRange: return DecodeReason::OutOfRange;
    case NumberProblem::BadSyntax:
    case NumberProblem::None: break;
  }
  return DecodeReason::BadSyntax;
}

template <class Integer>
NumberProblem store_integer(std::string_view token, std::byte* to) {
  using Wide = std::conditional_t<std::is_signed_v<Integer>, std::int64_t, std::uint64_t>;
  Wide value = 0;
  NumberProblem problem;
  if constexpr (std::is_signed_v<Integer>) {
    problem = read_integer(token, value);
  } else {
    problem = read_unsigned(token, value);
  }
  if (problem != NumberProblem::None) return problem;
  if (!std::in_range<Integer>(value)) return NumberProblem::OutOfRange;
  store(to, static_cast<Integer>(value));
  return problem;
}

template <class Float>
NumberProblem store_decimal(std::string_view token, std::byte* to) {
  Float value = 0;
  const NumberProblem problem = read_decimal(token, value);
  if (problem == NumberProblem::None) store(to, value);
  return problem;
}

NumberProblem store_number(FieldType type, std::string_view token, std::byte* to) {
  switch (type) {
    case FieldType::I8: return store_integer<std::int8_t>(token, to);
    case FieldType::I16: return store_integer<std::int16_t>(token, to);
    case FieldType::I32: return store_integer<std::int32_t>(token, to);
    case FieldType::I64:
    case FieldType::Time: return store_integer<std::int64_t>(token, to);
    case FieldType::U8: return store_integer<std::uint8_t>(token, to);
    case FieldType::U16: return store_integer<std::uint16_t>(token, to);
    case FieldType::U32: return store_integer<std::uint32_t>(token, to);
    case FieldType::U64: return store_integer<std::uint64_t>(token, to);
    case FieldType::F32: return store_decimal<float>(token, to);
    case FieldType::F64: return store_decimal<double>(token, to);
    default: return is_json_number(token) ? NumberProblem::WrongType : NumberProblem::BadSyntax;
  }
}

bool JsonDecoder::number(const FieldPlan& field, std::byte* to) {
  const NumberProblem problem = store_number(field.type, token(), to);
  return problem == NumberProblem::None || fail(reason_of(problem));
}

// What a string stands for, in the arena but not yet taken from it.
bool JsonDecoder::unescape(std::string_view inside, std::string_view& text) {
  char* out = take_room(*block_, inside.size());
  text = {out, inside.size()};
  if (copy_unescaped(inside, out)) [[likely]]
    return true;
  const char* end = unescape_json(inside, out);
  if (end == nullptr) return fail(DecodeReason::BadEscape);
  text = {out, static_cast<std::size_t>(end - out)};
  return true;
}

bool JsonDecoder::text(const FieldPlan& field, std::byte* to) {
  const std::string_view quoted = token();
  const std::string_view inside = quoted.substr(1, quoted.size() - 2);
  if (field.type == FieldType::InlineText) return inline_text(field, inside, to);
  std::string_view text;
  if (!unescape(inside, text)) return false;
  switch (field.type) {
    case FieldType::Text:
      store(to, weir_text{text.data(), text.size()});
      block_->arena_next += text.size();
      return true;
    case FieldType::Enum: {
      const auto value = field.enumerators.find(text);
      if (!value) return fail(DecodeReason::UnknownName);
      store(to, *value);
      return true;
    }
    case FieldType::Time: {
      const auto time = read_time(text);
      if (!time) return fail(DecodeReason::BadTime);
      store(to, *time);
      return true;
    }
    case FieldType::Bytes: {
      // In place: what is written never overtakes what is read.
      char* out = block_->arena_next;
      const char* end = read_base64(text, out);
      if (end == nullptr) return fail(DecodeReason::BadBase64);
      const auto size = static_cast<std::size_t>(end - out);
      store(to, weir_bytes{reinterpret_cast<const std::uint8_t*>(out), size});
      block_->arena_next += size;
      return true;
    }
    default: return fail(DecodeReason::WrongType);
  }
}

bool JsonDecoder::inline_text(const FieldPlan& field, std::string_view inside, std::byte* to) {
  const std::size_t room = field.size - sizeof(std::uint16_t);
  auto* out = reinterpret_cast<char*>(to) + sizeof(std::uint16_t);
  std::size_t size = inside.size();
  if (size > room || !copy_unescaped(inside, out)) {
    std::string_view text;
    if (!unescape(inside, text)) return false;
    if (text.size() > room) return fail(DecodeReason::TooLong);
    size = text.size();
    std::memcpy(out, text.data(), size);
    std::memset(out + size, 0, room - size);
  }
  store(to, static_cast<std::uint16_t>(size));
  return true;
}

// The next value is none that one token makes.
bool JsonDecoder::skip_container() {
  if (token_kind() != Token::Open) return fail(DecodeReason::BadSyntax);
  std::array<char, kDepthMax> closing;
  std::size_t depth = 0;
  for (; next_ != end_; ++next_) {
    const char c = at_next();
    if (c == '{' || c == '[') {
      if (depth == kDepthMax) return fail(DecodeReason::TooDeep);
      closing[depth++] = c == '{' ? '}' : ']';
    } else if (c == '}' || c == ']') {
      if (closing[--depth] != c) return fail(DecodeReason::BadSyntax);
      if (depth == 0) {
        ++next_;
        return true;
      }
    }
  }
  return fail(DecodeReason::Truncated);
}

bool JsonDecoder::fail(DecodeReason reason, std::size_t position) {
  reason_ = reason;
  position_ = position;
  path_.clear();
  return false;
}

bool JsonDecoder::fail_in(const Field& field) {
  path_ = path_.empty() ? field.name : field.name + "." + path_;
  return false;
}

// The next token is no value of the field's type, or no value at all.
bool JsonDecoder::fail_type(const FieldPlan&) {
  const bool is_value = token_kind() != Token::Bad && token_kind() != Token::Close;
  return fail(is_value ? DecodeReason::WrongType : DecodeReason::BadSyntax);
}

bool JsonDecoder::fail_missing(const RecordPlan& plan) {
  fail(DecodeReason::Missing);
  return fail_in(*plan.first_missing().field);
}

// The text does not end with a closing brace: is there too much of it, or too little?
bool JsonDecoder::fail_end() {
  if (!skip_container()) {
    if (reason_ == DecodeReason::Truncated) position_ = *end_;
    return false;
  }
  return fail(DecodeReason::TrailingContent);
}

bool JsonDecoder::fail_member(const std::uint32_t* key) {
  next_ = json_[*key] == '"' ? key + 1 : key;
  return fail(DecodeReason::BadSyntax);
}

DecodeError JsonDecoder::take_error() {
  return {.reason = std::string(name_of(reason_)),
          .field = std::exchange(path_, {}),
          .position = position_};
}

}  // namespace

std::unique_ptr<Decoder> make_json_decoder(const RecordSchema& schema) {
  return std::make_unique<JsonDecoder>(schema);
}

}  // namespace weir
