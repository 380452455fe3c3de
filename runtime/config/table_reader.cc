#include "config/table_reader.h"

#include <algorithm>
#include <utility>

#include "base/check.h"
#include "base/format.h"
#include "config/nearest.h"
#include "config/quantity.h"

namespace weir {
namespace {

bool is_bare_key(std::string_view key) {
  return !key.empty() && std::all_of(key.begin(), key.end(), [](char letter) {
    return (letter >= '0' && letter <= '9') || (letter >= 'a' && letter <= 'z') ||
           (letter >= 'A' && letter <= 'Z') || letter == '_' || letter == '-';
  });
}

}  // namespace

TableReader::TableReader(const TomlTable& table,
                         TextPosition position,
                         std::string path,
                         Mistakes& mistakes)
    : table_(table), position_(position), path_(std::move(path)), mistakes_(mistakes) {}

void TableReader::know(std::string_view key) {
  if (std::find(known_.begin(), known_.end(), key) == known_.end()) known_.emplace_back(key);
}

const TomlEntry* TableReader::any(std::string_view key) {
  know(key);
  const auto entry = std::find_if(
      table_.begin(), table_.end(), [&](const TomlEntry& other) { return other.key == key; });
  return entry == table_.end() ? nullptr : &*entry;
}

std::string TableReader::path_of(std::string_view key) const {
  if (key.empty()) return path_;
  const std::string shown = is_bare_key(key) ? std::string(key) : in_quotes(key);
  return path_.empty() ? shown : path_ + '.' + shown;
}

TextPosition TableReader::position_of(std::string_view key) const {
  for (const TomlEntry& entry : table_) {
    if (entry.key == key) return entry.node.position;
  }
  return position_;
}

void TableReader::add_mistake(std::string_view key,
                              std::string found,
                              std::string expected,
                              std::string nearest) {
  mistakes_.add(
      position_of(key), path_of(key), std::move(found), std::move(expected), std::move(nearest));
}

void TableReader::add_missing(std::string_view key, std::string_view expected) {
  mistakes_.add(position_, path_of(key), "nothing", std::string(expected));
}

void TableReader::add_wrong_type(const TomlEntry& entry, std::string expected) {
  add_mistake(entry.key, description(entry.node), std::move(expected));
}

std::optional<std::string> TableReader::text(std::string_view key) {
  const TomlEntry* entry = any(key);
  if (!entry) return std::nullopt;
  if (const auto* value = std::get_if<std::string>(&entry->node.value)) return *value;
  add_wrong_type(*entry, "a text in quotes");
  return std::nullopt;
}

std::optional<std::string> TableReader::required_text(std::string_view key,
                                                      std::string_view expected) {
  if (!any(key)) {
    add_missing(key, expected);
    return std::nullopt;
  }
  auto value = text(key);
  if (value && value->empty()) {
    add_mistake(key, "an empty text", std::string(expected));
    return std::nullopt;
  }
  return value;
}

std::optional<std::vector<std::string>> TableReader::text_list(std::string_view key) {
  const TomlEntry* entry = any(key);
  if (!entry) return std::nullopt;
  const auto* list = std::get_if<TomlList>(&entry->node.value);
  if (!list) {
    add_wrong_type(*entry, "a list of texts");
    return std::nullopt;
  }
  std::vector<std::string> values;
  for (const TomlNode& node : *list) {
    const auto* value = std::get_if<std::string>(&node.value);
    if (!value) {
      mistakes_.add(node.position, path_of(key), description(node), "a text in quotes");
      return std::nullopt;
    }
    values.push_back(*value);
  }
  return values;
}

std::optional<std::int64_t> TableReader::integer(std::string_view key, IntegerRange range) {
  const TomlEntry* entry = any(key);
  if (!entry) return std::nullopt;
  const auto* value = std::get_if<std::int64_t>(&entry->node.value);
  if (value && *value >= range.min && *value <= range.max) return *value;
  const bool is_open = range.min == IntegerRange().min && range.max == IntegerRange().max;
  add_wrong_type(*entry,
                 is_open ? "an integer" : format("an integer from {} to {}", range.min, range.max));
  return std::nullopt;
}

std::optional<double> TableReader::number(std::string_view key) {
  const TomlEntry* entry = any(key);
  if (!entry) return std::nullopt;
  if (const auto* value = std::get_if<double>(&entry->node.value)) return *value;
  if (const auto* whole = std::get_if<std::int64_t>(&entry->node.value)) {
    return static_cast<double>(*whole);
  }
  add_wrong_type(*entry, "a number");
  return std::nullopt;
}

std::optional<bool> TableReader::boolean(std::string_view key) {
  const TomlEntry* entry = any(key);
  if (!entry) return std::nullopt;
  if (const auto* value = std::get_if<bool>(&entry->node.value)) return *value;
  add_wrong_type(*entry, "true or false");
  return std::nullopt;
}

std::optional<std::chrono::milliseconds> TableReader::duration(std::string_view key,
                                                               DurationRange range) {
  const TomlEntry* entry = any(key);
  if (!entry) return std::nullopt;
  const auto* written = std::get_if<std::string>(&entry->node.value);
  const auto value = written ? parse_duration(*written) : std::nullopt;
  if (!value) {
    add_wrong_type(*entry, "a duration like \"250ms\", \"6s\", \"5m\" or \"1h\"");
    return std::nullopt;
  }
  if (*value < range.min || *value > range.max) {
    add_wrong_type(
        *entry,
        format("a duration from {} to {}", duration_text(range.min), duration_text(range.max)));
    return std::nullopt;
  }
  return value;
}

std::optional<std::int64_t> TableReader::size(std::string_view key, IntegerRange range) {
  const TomlEntry* entry = any(key);
  if (!entry) return std::nullopt;
  std::optional<std::int64_t> bytes;
  if (const auto* number = std::get_if<std::int64_t>(&entry->node.value)) {
    bytes = *number;
  } else if (const auto* written = std::get_if<std::string>(&entry->node.value)) {
    bytes = parse_size(*written);
  }
  if (!bytes || *bytes < 0) {
    add_wrong_type(*entry, "a size like \"64MiB\" or 65536");
    return std::nullopt;
  }
  if (*bytes < range.min || *bytes > range.max) {
    add_wrong_type(*entry, format("a size from {} to {} bytes", range.min, range.max));
    return std::nullopt;
  }
  return bytes;
}

std::optional<std::string> TableReader::word(std::string_view key,
                                             const std::vector<std::string>& words) {
  auto value = text(key);
  if (!value || std::find(words.begin(), words.end(), *value) != words.end()) return value;
  add_mistake(key, in_quotes(*value), one_of(words), nearest_name(*value, words));
  return std::nullopt;
}

const TomlEntry* TableReader::table(std::string_view key) {
  const TomlEntry* entry = any(key);
  if (!entry) return nullptr;
  if (std::holds_alternative<TomlTable>(entry->node.value)) return entry;
  add_wrong_type(*entry, "a table");
  return nullptr;
}

void TableReader::report_unknown_keys() {
  for (const TomlEntry& entry : table_) {
    if (std::find(known_.begin(), known_.end(), entry.key) != known_.end()) continue;
    mistakes_.add(entry.position,
                  path_of(entry.key),
                  "an unknown key",
                  one_of(known_),
                  nearest_name(entry.key, known_));
  }
}

const TomlTable& table_of(const TomlEntry& entry) {
  const auto* table = std::get_if<TomlTable>(&entry.node.value);
  CHECK(table != nullptr);
  return *table;
}

}  // namespace weir
