#include "arguments.h"

#include <utility>

#include <boost/program_options.hpp>

#include "base/format.h"
#include "config/nearest.h"

namespace weir {
namespace {

namespace po = boost::program_options;

constexpr const char* kPositional = "positional";

Error unknown_option(const ArgumentRules& rules, const std::string& written) {
  std::vector<std::string> names;
  for (const OptionDeclaration& option : rules.options)
    names.push_back("--" + option.name);
  const std::string nearest = nearest_name(written, names);
  const std::string hint = nearest.empty() ? "" : format(", did you mean {}?", nearest);
  return Error(ErrorKind::Invalid, format("unknown option {}{}", written, hint));
}

void declare(const ArgumentRules& rules, po::options_description& description) {
  for (const OptionDeclaration& option : rules.options) {
    if (option.value.empty()) {
      description.add_options()(option.name.c_str(), "");
    } else {
      description.add_options()(option.name.c_str(), po::value<std::vector<std::string>>(), "");
    }
  }
  description.add_options()(kPositional, po::value<std::vector<std::string>>(), "");
}

Result<Arguments> collect(const ArgumentRules& rules, const po::variables_map& variables) {
  Arguments result;
  for (const auto& [name, variable] : variables) {
    const auto* values = boost::any_cast<std::vector<std::string>>(&variable.value());
    auto given = values ? *values : std::vector<std::string>();
    if (name == kPositional) {
      result.positional = std::move(given);
    } else {
      result.options.emplace(name, std::move(given));
    }
  }
  for (const OptionDeclaration& option : rules.options) {
    if (!option.may_repeat && result.values(option.name).size() > 1) {
      return Error(ErrorKind::Invalid, format("--{} is given more than once", option.name));
    }
  }
  if (result.positional.size() < rules.positional_min) {
    return Error(ErrorKind::Invalid, "an argument is missing");
  }
  if (result.positional.size() > rules.positional_max) {
    return Error(ErrorKind::Invalid,
                 format("one argument too many: {}", result.positional[rules.positional_max]));
  }
  return result;
}

}  // namespace

std::optional<std::string> Arguments::value(std::string_view name) const {
  const auto option = options.find(name);
  if (option == options.end() || option->second.empty()) return std::nullopt;
  return option->second.back();
}

std::vector<std::string> Arguments::values(std::string_view name) const {
  const auto option = options.find(name);
  return option == options.end() ? std::vector<std::string>() : option->second;
}

Result<Arguments> parse_arguments(const ArgumentRules& rules,
                                  const std::vector<std::string>& arguments) {
  po::options_description description;
  declare(rules, description);
  po::positional_options_description positional;
  positional.add(kPositional, -1);
  try {
    po::variables_map variables;
    using po::command_line_style::allow_guessing;
    using po::command_line_style::unix_style;
    po::store(po::command_line_parser(arguments)
                  .options(description)
                  .positional(positional)
                  .style(unix_style & ~allow_guessing)
                  .run(),
              variables);
    return collect(rules, variables);
  } catch (const po::unknown_option& problem) {
    return unknown_option(rules, problem.get_option_name());
  } catch (const po::error& problem) {
    return Error(ErrorKind::Invalid, problem.what());
  }
}

}  // namespace weir
