#include "subcommand.h"

#include <algorithm>
#include <ostream>

#include "base/format.h"
#include "config/nearest.h"

namespace weir {
namespace {

constexpr std::string_view kExitCodes = R"(Exit codes:
  0  done
  1  refused: mistakes in a jobs file, a failed job, a plugin that is no good
  2  the command line itself is wrong
  3  unavailable: a file that cannot be read, a host that does not answer
  4  of plan and diff: there is something to do
)";

constexpr std::string_view kFirstSteps = R"(
First steps:
  weir check jobs.toml          find everything that is wrong with a jobs file
  weir doctor jobs.toml         look whether Kafka and this machine are ready for it
  weir run jobs.toml            run its jobs until Ctrl-C
  weir status                   look at them from another terminal
)";

std::string overview() {
  std::string text =
      "Weir runs streaming jobs and moves them to new code while records flow.\n\n"
      "Usage: weir SUBCOMMAND [ARGUMENT…]\n\nSubcommands:\n";
  for (const Subcommand& subcommand : subcommands()) {
    text += format("  {:<11} {}\n", subcommand.name, subcommand.summary);
  }
  text += "  help        explain a subcommand\n";
  text += kFirstSteps;
  return text.append("\n").append(kExitCodes);
}

ExitCode refuse(Console& console, const std::string& message, const std::string& hint) {
  console.error << "weir: " << message << "\n" << hint << "\n";
  return ExitCode::Usage;
}

ExitCode unknown_subcommand(const std::string& name, Console& console) {
  std::vector<std::string> names = {"help"};
  for (const Subcommand& subcommand : subcommands())
    names.push_back(subcommand.name);
  const std::string nearest = nearest_name(name, names);
  return refuse(
      console,
      format("unknown {} {}", name.starts_with('-') ? "option" : "subcommand", name),
      nearest.empty() ? "weir --help lists them all" : format("did you mean weir {}?", nearest));
}

ExitCode help(const std::vector<std::string>& arguments, Console& console) {
  if (arguments.size() < 2) {
    console.out << overview();
    return ExitCode::Success;
  }
  if (arguments[1] == "exit-codes") {
    console.out << kExitCodes;
    return ExitCode::Success;
  }
  const Subcommand* subcommand = find_subcommand(arguments[1]);
  if (!subcommand) return unknown_subcommand(arguments[1], console);
  console.out << help_text(*subcommand);
  return ExitCode::Success;
}

}  // namespace

const std::vector<Subcommand>& subcommands() {
  static const std::vector<Subcommand> all = {
      check_subcommand(),  doctor_subcommand(),    run_subcommand(),      plan_subcommand(),
      apply_subcommand(),  upgrade_subcommand(),   rollback_subcommand(), history_subcommand(),
      diff_subcommand(),   errors_subcommand(),    inspect_subcommand(),  schema_subcommand(),
      plugin_subcommand(), pack_subcommand(),      status_subcommand(),   job_subcommand(),
      state_subcommand(),  savepoint_subcommand(), new_subcommand(),      completion_subcommand(),
      version_subcommand()};
  return all;
}

const Subcommand* find_subcommand(std::string_view name) {
  const auto& all = subcommands();
  const auto found = std::find_if(
      all.begin(), all.end(), [&](const Subcommand& other) { return other.name == name; });
  return found == all.end() ? nullptr : &*found;
}

OptionDeclaration json_option() {
  return {"json", "", "print JSON, for programs"};
}

OptionDeclaration plugin_path_option() {
  return {"plugin-path",
          "FOLDER",
          "look for plugins here too, after the folders of the jobs file",
          Completion::Folder,
          true};
}

std::string help_text(const Subcommand& subcommand) {
  std::string text =
      format("{}\n\nUsage: weir {} {}\n", subcommand.summary, subcommand.name, subcommand.usage);
  if (!subcommand.rules.options.empty()) text += "\nOptions:\n";
  for (const OptionDeclaration& option : subcommand.rules.options) {
    const std::string name = "--" + option.name + (option.value.empty() ? "" : ' ' + option.value);
    text += format("  {:<22} {}\n", name, option.doc);
  }
  if (!subcommand.details.empty()) text += '\n' + subcommand.details;
  return text;
}

ExitCode run_weir(const std::vector<std::string>& arguments, Console& console) {
  if (arguments.empty()) {
    console.error << overview();
    return ExitCode::Usage;
  }
  const std::string& name = arguments.front();
  if (name == "help" || name == "--help" || name == "-h") return help(arguments, console);
  const Subcommand* subcommand = find_subcommand(name == "--version" ? "version" : name);
  if (!subcommand) return unknown_subcommand(name, console);

  ArgumentRules rules = subcommand->rules;
  rules.options.push_back({"help", "", ""});
  const std::vector<std::string> rest(arguments.begin() + 1, arguments.end());
  const bool wants_help = std::find(rest.begin(), rest.end(), "--help") != rest.end();
  if (wants_help) {
    console.out << help_text(*subcommand);
    return ExitCode::Success;
  }
  const auto parsed = parse_arguments(rules, rest);
  if (!parsed) {
    return refuse(console,
                  format("{}: {}", name, parsed.error().message()),
                  format("usage: weir {0} {1}\nweir {0} --help explains it",
                         subcommand->name,
                         subcommand->usage));
  }
  return subcommand->run(*parsed, console);
}

}  // namespace weir
