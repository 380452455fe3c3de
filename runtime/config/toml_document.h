// A TOML file as plain values that know where they stand.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "config/mistake.h"

namespace weir {

struct TomlNode;
struct TomlEntry;
using TomlList = std::vector<TomlNode>;
using TomlTable = std::vector<TomlEntry>;  // In no particular order; no key twice.

// A date or time that was written without quotes, as RFC 3339 writes it.
struct TomlTime {
  std::string text;
};

struct TomlNode {
  TextPosition position;
  std::variant<std::string, std::int64_t, double, bool, TomlTime, TomlList, TomlTable> value;
};

struct TomlEntry {
  std::string key;
  TextPosition position;  // Of the key.
  TomlNode node;
};

// For messages: `"two"`, `7`, `true`, `a list`, `a table`.
std::string description(const TomlNode& node);

inline constexpr std::size_t kJobsFileBytesMax = std::size_t{4} << 20;

// The tables of the file. Broken syntax is one mistake (a parser cannot know what was meant behind
// it) and an empty table.
TomlTable parse_toml(std::string_view text, Mistakes& mistakes);

}  // namespace weir
