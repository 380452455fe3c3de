// What the host takes as a name, so that another one is found when the plugin is built.
#pragma once

#include <string>
#include <string_view>

namespace weir {
inline namespace v1 {
namespace detail {

// At least one of these characters, and no other.
constexpr bool is_made_of(std::string_view text, std::string_view characters) {
  return !text.empty() && text.find_first_not_of(characters) == text.npos;
}

// Of an operator, a job, a connector or a parameter.
constexpr bool is_name(std::string_view name) {
  return name.size() <= 128 && is_made_of(name, "abcdefghijklmnopqrstuvwxyz0123456789_.-");
}

inline std::string name_mistake(std::string_view what, std::string_view name) {
  return std::string(what) + " \"" + std::string(name) +
         "\": a name is made of a-z, 0-9, _, - and ., at most 128 of them";
}

constexpr bool is_plugin_name(std::string_view name) {
  return is_name(name) && name.find_first_of("_.") == name.npos;
}

constexpr bool is_version_number(std::string_view text) {
  return is_made_of(text, "0123456789") && text.size() <= 9 && (text.size() == 1 || text[0] != '0');
}

// 1.4.0, 1.4.0-rc.1, 1.4.0+build.7
constexpr bool is_version(std::string_view text) {
  const std::size_t end = text.find_first_of("-+");
  if (end != text.npos) {
    if (!is_made_of(text.substr(end + 1),
                    "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ.-+")) {
      return false;
    }
    text = text.substr(0, end);
  }
  const std::size_t first = text.find('.');
  const std::size_t second = first == text.npos ? first : text.find('.', first + 1);
  return second != text.npos && is_version_number(text.substr(0, first)) &&
         is_version_number(text.substr(first + 1, second - first - 1)) &&
         is_version_number(text.substr(second + 1));
}

}  // namespace detail
}  // namespace v1
}  // namespace weir
