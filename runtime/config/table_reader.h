// Reads one table of a jobs file key by key, and finds the keys that nobody asked for.
#pragma once

#include <chrono>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "config/mistake.h"
#include "config/toml_document.h"

namespace weir {

struct IntegerRange {
  std::int64_t min = std::numeric_limits<std::int64_t>::min();
  std::int64_t max = std::numeric_limits<std::int64_t>::max();
};

struct DurationRange {
  std::chrono::milliseconds min{0};
  std::chrono::milliseconds max = std::chrono::hours(24 * 3653);
};

// Every getter returns nothing when the key is missing or, after adding a mistake, when its value
// is not right. The table and the mistakes outlive the reader.
class TableReader final {
 public:
  // `path` is the table's name in messages, "job.enter-cn"; empty for the whole file.
  TableReader(const TomlTable& table, TextPosition position, std::string path, Mistakes& mistakes);

  std::optional<std::string> text(std::string_view key);
  std::optional<std::string> required_text(std::string_view key, std::string_view expected);
  std::optional<std::vector<std::string>> text_list(std::string_view key);
  std::optional<std::int64_t> integer(std::string_view key, IntegerRange range = {});
  std::optional<double> number(std::string_view key);
  std::optional<bool> boolean(std::string_view key);
  std::optional<std::chrono::milliseconds> duration(std::string_view key, DurationRange range = {});
  // Bytes: "64MiB" or a number.
  std::optional<std::int64_t> size(std::string_view key, IntegerRange range = {.min = 0});
  // One of a closed list of words.
  std::optional<std::string> word(std::string_view key, const std::vector<std::string>& words);
  // Null: missing or not a table. The entry gives its position.
  const TomlEntry* table(std::string_view key);
  // Null: missing. Any type.
  const TomlEntry* any(std::string_view key);

  // Makes a key valid that nobody has asked for.
  void know(std::string_view key);
  // Reports every key that was neither asked for nor made known.
  void report_unknown_keys();

  void add_mistake(std::string_view key,
                   std::string found,
                   std::string expected,
                   std::string nearest = {});
  void add_missing(std::string_view key, std::string_view expected);
  // The value's position, or the table's when there is no such key.
  TextPosition position_of(std::string_view key) const;
  std::string path_of(std::string_view key) const;
  TextPosition position() const { return position_; }
  Mistakes& mistakes() { return mistakes_; }

 private:
  void add_wrong_type(const TomlEntry& entry, std::string expected);

  const TomlTable& table_;
  TextPosition position_;
  std::string path_;
  Mistakes& mistakes_;
  std::vector<std::string> known_;
};

// The table inside an entry; CHECKs that it is one.
const TomlTable& table_of(const TomlEntry& entry);

}  // namespace weir
