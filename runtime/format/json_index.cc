#include "format/json_index.h"

#include <algorithm>
#include <bit>
#include <simdjson.h>

#include "base/check.h"
#include "format/utf8.h"

namespace weir {
namespace {

constexpr std::size_t kSizeMax = std::size_t{1} << 30;
constexpr std::size_t kRoomMin = std::size_t{16} << 10;
// Room of this size is given back when small texts come again: it takes 4 bytes for each byte.
constexpr std::size_t kRoomKept = std::size_t{4} << 20;
constexpr std::size_t kDepthUnused = 1;

std::size_t first_bad_utf8(std::string_view json) {
  std::size_t position = 0;
  while (position < json.size()) {
    const std::size_t size = utf8_sequence(json.substr(position));
    if (size == 0) break;
    position += size;
  }
  return position;
}

std::size_t first_control_character(std::string_view json) {
  bool is_inside = false;
  for (std::size_t i = 0; i < json.size(); ++i) {
    if (json[i] == '"') is_inside = !is_inside;
    if (!is_inside) continue;
    if (json[i] == '\\') ++i;
    if (i < json.size() && static_cast<unsigned char>(json[i]) < 0x20) return i;
  }
  return json.size();
}

JsonIndex::Problem problem_of(simdjson::error_code code, std::string_view json) {
  switch (code) {
    case simdjson::EMPTY: return {DecodeReason::Empty, 0};
    case simdjson::UNCLOSED_STRING: return {DecodeReason::Truncated, json.size()};
    case simdjson::UTF8_ERROR: return {DecodeReason::BadUtf8, first_bad_utf8(json)};
    case simdjson::UNESCAPED_CHARS:
      return {DecodeReason::ControlCharacter, first_control_character(json)};
    default: return {DecodeReason::BadSyntax, 0};
  }
}

}  // namespace

struct JsonIndex::Stage {
  std::unique_ptr<simdjson::internal::dom_parser_implementation> parser;
};

JsonIndex::JsonIndex() : stage_(std::make_unique<Stage>()) {
  const auto code = simdjson::get_active_implementation()->create_dom_parser_implementation(
      kRoomMin, kDepthUnused, stage_->parser);
  CHECK(code == simdjson::SUCCESS, simdjson::error_message(code));
}

JsonIndex::~JsonIndex() = default;

std::optional<JsonIndex::Problem> JsonIndex::make_room(std::size_t size) {
  if (size > kSizeMax) return Problem{DecodeReason::TooLarge, kSizeMax};
  const std::size_t room = std::max(kRoomMin, std::bit_ceil(size + 1));
  if (stage_->parser->set_capacity(room) != simdjson::SUCCESS) {
    return Problem{DecodeReason::TooLarge, size};
  }
  return std::nullopt;
}

std::optional<JsonIndex::Problem> JsonIndex::build(std::string_view json) {
  if (json.empty()) return Problem{DecodeReason::Empty, 0};
  auto& parser = *stage_->parser;
  const bool is_small = json.size() < kRoomMin && parser.capacity() > kRoomKept;
  if (json.size() >= parser.capacity() || is_small) [[unlikely]] {
    if (auto problem = make_room(json.size())) return problem;
  }
  const auto code = parser.stage1(reinterpret_cast<const std::uint8_t*>(json.data()),
                                  json.size(),
                                  simdjson::stage1_mode::regular);
  if (code != simdjson::SUCCESS) [[unlikely]]
    return problem_of(code, json);
  begin_ = parser.structural_indexes.get();
  end_ = begin_ + parser.n_structural_indexes;
  return std::nullopt;
}

}  // namespace weir
