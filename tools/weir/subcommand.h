// One subcommand of `weir`: what it is called, what it takes, what it does.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "arguments.h"
#include "console.h"
#include "exit_code.h"

namespace weir {

struct Subcommand {
  std::string name;
  std::string usage;    // What follows the name: "[FILE] [--json]".
  std::string summary;  // One line.
  std::string details;  // What the summary leaves open, with examples. Ends with a newline.
  ArgumentRules rules;  // Without --help, which all have.
  ExitCode (*run)(const Arguments& arguments, Console& console);
};

// One file each.
Subcommand apply_subcommand();
Subcommand check_subcommand();
Subcommand diff_subcommand();
Subcommand doctor_subcommand();
Subcommand completion_subcommand();
Subcommand errors_subcommand();
Subcommand history_subcommand();
Subcommand inspect_subcommand();
Subcommand job_subcommand();
Subcommand new_subcommand();
Subcommand pack_subcommand();
Subcommand plan_subcommand();
Subcommand plugin_subcommand();
Subcommand rollback_subcommand();
Subcommand run_subcommand();
Subcommand savepoint_subcommand();
Subcommand schema_subcommand();
Subcommand state_subcommand();
Subcommand status_subcommand();
Subcommand upgrade_subcommand();
Subcommand version_subcommand();

// All of them, in the order of `weir --help`.
const std::vector<Subcommand>& subcommands();

// Null when there is none of that name.
const Subcommand* find_subcommand(std::string_view name);

// The whole program after its name. Everything it says goes to the console.
ExitCode run_weir(const std::vector<std::string>& arguments, Console& console);

// For the result of `weir SUBCOMMAND --help`.
std::string help_text(const Subcommand& subcommand);

OptionDeclaration json_option();
// `--plugin-path DIR`, which several subcommands have.
OptionDeclaration plugin_path_option();

}  // namespace weir
