// What a subcommand takes, and what it was given.
#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace weir {

enum class Completion { None, File, Folder, Job };

// `--name` or `--name VALUE`.
struct OptionDeclaration {
  std::string name;
  std::string value;  // "FILE"; empty: takes no value.
  std::string doc;
  Completion completion = Completion::None;
  bool may_repeat = false;
};

struct Arguments {
  std::map<std::string, std::vector<std::string>, std::less<>> options;  // Flags have no values.
  std::vector<std::string> positional;

  bool has(std::string_view name) const { return options.find(name) != options.end(); }
  // The last one given.
  std::optional<std::string> value(std::string_view name) const;
  std::vector<std::string> values(std::string_view name) const;
};

struct ArgumentRules {
  std::vector<OptionDeclaration> options;
  std::size_t positional_min = 0;
  std::size_t positional_max = 0;
};

// The error says what is wrong and, for an unknown option, which one was probably meant.
Result<Arguments> parse_arguments(const ArgumentRules& rules,
                                  const std::vector<std::string>& arguments);

}  // namespace weir
