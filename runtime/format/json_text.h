// Strings of JSON: between their bytes on the wire and their text.
#pragma once

#include <string>
#include <string_view>

namespace weir {

// Writes what the inside of a string (UTF-8, without its quotes) stands for and returns the end of
// what was written, at most escaped.size() bytes; null for an unknown escape or half of a surrogate
// pair.
char* unescape_json(std::string_view escaped, char* out);

// Replaces `out` by the text of a string with its quotes. False as for unescape_json.
bool read_json_text(std::string_view quoted, std::string& out);

// Most bytes that write_json_text writes for a text of `size` bytes.
constexpr std::size_t json_text_max(std::size_t size) {
  return 6 * size + 2;
}

// Writes `text` as a string with its quotes and returns the end of it. Bytes that are no UTF-8
// become U+FFFD.
char* write_json_text(std::string_view text, char* out);

// The same at the end of a string.
void append_json_text(std::string_view text, std::string& out);

}  // namespace weir
