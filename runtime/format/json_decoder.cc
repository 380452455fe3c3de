// One pass over an object's fields along the index of its tokens. Each step relies on two facts:
// the last token of the text is a closing brace, and a brace that closes is the only step after
// which there may be no token left; so only there the end is checked.

#include <algorithm>
#include <array>
#include <cstring>
#include <utility>

#include "format/format.h"
#include "format/json_index.h"
#include "format/json_value.h"
#include "format/learned_keys.h"
#include "format/record_plan.h"

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
  bool nested(const FieldPlan& field, std::byte* row);
  bool skip_container();

  bool fail(DecodeReason reason, std::size_t position);
  bool fail(DecodeReason reason) { return fail(reason, *next_); }
  bool fail_in(const Field& field);
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
  std::int64_t wide_max_ = 0;  // Behind the bytes up to here there are LearnedKeys::kWide.
  const std::uint32_t* next_ = nullptr;
  const std::uint32_t* end_ = nullptr;
  Block* block_ = nullptr;
  DecodeReason reason_{};
  std::size_t position_ = 0;
  std::string path_;
};

std::optional<DecodeError> JsonDecoder::decode(std::string_view value,
                                               std::size_t padding,
                                               std::byte* row,
                                               Block& block) {
  if (auto problem = index_.build(value)) [[unlikely]] {
    fail(problem->reason, problem->position);
    return take_error();
  }
  json_ = value.data();
  wide_max_ = static_cast<std::int64_t>(value.size() + std::min(padding, LearnedKeys::kWide)) -
              static_cast<std::int64_t>(LearnedKeys::kWide);
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
  const std::int64_t wide_max = wide_max_;
  const std::uint32_t* next = next_;
  const LearnedKeys::Known* expected = plan.keys.begin();
  for (;; ++next) {
    const char* const key = json + next[0];
    std::int32_t field = expected->field();
    if (next[0] <= wide_max && expected->is_at(key)) [[likely]] {
      ++expected;
    } else {
      if (*key != '"' || json[next[1]] != ':') return fail_member(next);
      const auto found = plan.keys.find(expected, {key, next[1] - next[0] + 1});
      field = found.field;
      expected = found.next;
    }
    next += 2;
    if (field == LearnedKeys::kUnknown && is_scalar(json[*next])) {
      ++next;
    } else {
      next_ = next;
      if (!member_value(field, plan, row)) [[unlikely]]
        return false;
      next = next_;
      if (next == end_) [[unlikely]]
        return fail(DecodeReason::Truncated);
    }
    if (json[*next] != ',') break;
  }
  next_ = next;
  return at_next() == '}' || fail(DecodeReason::BadSyntax);
}

bool JsonDecoder::member_value(std::int32_t number, RecordPlan& plan, std::byte* row) {
  if (number == LearnedKeys::kUnknown) return skip_container();
  const FieldPlan& field = plan.fields[static_cast<std::size_t>(number)];
  const std::string_view token = this->token();
  if (token[0] == 'n' && token == "null") [[unlikely]] {
    if (!field.is_optional) return fail(DecodeReason::Null) || fail_in(*field.field);
    row[field.presence_offset] = std::byte{0};
    std::memset(row + field.offset, 0, field.size);
    ++next_;
    return true;
  }
  plan.saw(field);
  if (field.is_optional) row[field.presence_offset] = std::byte{1};
  if (field.store == nullptr) return nested(field, row) || fail_in(*field.field);
  if (const auto reason = field.store(field, token, row + field.offset, *block_)) [[unlikely]] {
    return fail(*reason) || fail_in(*field.field);
  }
  ++next_;
  return true;
}

bool JsonDecoder::nested(const FieldPlan& field, std::byte* row) {
  if (at_next() != '{') return fail(why_not_wanted(token()));
  return object(*field.record, row + field.offset);
}

std::string_view JsonDecoder::token() const {
  const char* begin = json_ + next_[0];
  const char* end = json_ + next_[1];
  while (is_blank(end[-1]))
    --end;
  return {begin, static_cast<std::size_t>(end - begin)};
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
