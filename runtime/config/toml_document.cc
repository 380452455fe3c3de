#include "config/toml_document.h"

#include <sstream>
#include <type_traits>

#include "base/format.h"
#include "config/toml_library.h"

namespace weir {
namespace {

TextPosition position_of(const toml::source_region& region) {
  return {region.begin.line, region.begin.column};
}

TomlNode convert(const toml::node& node);

TomlTable convert_table(const toml::table& table) {
  TomlTable entries;
  entries.reserve(table.size());
  for (const auto& [key, node] : table) {
    entries.push_back({std::string(key.str()), position_of(key.source()), convert(node)});
  }
  return entries;
}

template <class Time>
TomlTime time_text(const Time& time) {
  std::ostringstream text;
  text << time;
  return {text.str()};
}

TomlNode convert(const toml::node& node) {
  TomlNode result;
  result.position = position_of(node.source());
  node.visit([&](const auto& value) {
    using Value = std::decay_t<decltype(value)>;
    if constexpr (toml::is_table<Value>) {
      result.value = convert_table(value);
    } else if constexpr (toml::is_array<Value>) {
      TomlList list;
      for (const toml::node& element : value)
        list.push_back(convert(element));
      result.value = std::move(list);
    } else if constexpr (toml::is_date<Value> || toml::is_time<Value> ||
                         toml::is_date_time<Value>) {
      result.value = time_text(value.get());
    } else {
      result.value = value.get();
    }
  });
  return result;
}

// "Error while parsing string: not terminated" becomes "not terminated".
std::string_view cause(std::string_view description) {
  constexpr std::string_view kPrefix = "Error while parsing ";
  const std::size_t colon = description.find(": ");
  if (!description.starts_with(kPrefix) || colon == std::string_view::npos) return description;
  return description.substr(colon + 2);
}

TextPosition position_of_byte(std::string_view text, std::size_t index) {
  TextPosition position{1, 1};
  for (const char character : text.substr(0, index)) {
    if (character == '\n') {
      ++position.line;
      position.column = 1;
    } else {
      ++position.column;
    }
  }
  return position;
}

}  // namespace

std::string description(const TomlNode& node) {
  return std::visit(
      [](const auto& value) -> std::string {
        using Value = std::decay_t<decltype(value)>;
        if constexpr (std::is_same_v<Value, std::string>) {
          return in_quotes(value);
        } else if constexpr (std::is_same_v<Value, TomlTime>) {
          return value.text;
        } else if constexpr (std::is_same_v<Value, TomlList>) {
          return "a list";
        } else if constexpr (std::is_same_v<Value, TomlTable>) {
          return "a table";
        } else {
          return format("{}", value);
        }
      },
      node.value);
}

TomlTable parse_toml(std::string_view text, Mistakes& mistakes) {
  if (text.size() > kJobsFileBytesMax) {
    mistakes.add({}, "", "too many bytes", format("at most {} MiB", kJobsFileBytesMax >> 20));
    return {};
  }
  if (const std::size_t zero = text.find('\0'); zero != std::string_view::npos) {
    mistakes.add(position_of_byte(text, zero), "", "a byte 0", "text");
    return {};
  }
  const toml::parse_result result = toml::parse(text);
  if (result) return convert_table(result.table());
  const toml::parse_error& error = result.error();
  mistakes.add(position_of(error.source()),
               "",
               format("broken TOML ({})", cause(error.description())),
               "TOML 1.0");
  return {};
}

}  // namespace weir
