// weir completion: what a shell needs to complete command lines.
#include <ostream>

#include <boost/json.hpp>

#include "base/format.h"
#include "subcommand.h"

namespace weir {
namespace {

std::string options_of(const Subcommand& subcommand) {
  std::string words = "--help";
  for (const OptionDeclaration& option : subcommand.rules.options)
    words += " --" + option.name;
  return words;
}

std::string positional_of(const std::string& name) {
  std::string_view candidates = "-f";
  if (name == "job") candidates = R"#(-W "list show $(weir job list --names 2>/dev/null)")#";
  if (name == "plugin") candidates = R"(-W "add list show verify remove gc" -f)";
  if (name == "new") candidates = "-W plugin";
  if (name == "completion") candidates = "-W bash";
  return format("COMPREPLY=($(compgen {} -- \"$word\"))", candidates);
}

// A line of a case for each option that takes a value.
std::string values() {
  std::string files;
  std::string folders;
  for (const Subcommand& subcommand : subcommands()) {
    for (const OptionDeclaration& option : subcommand.rules.options) {
      std::string& names = option.completion == Completion::Folder ? folders : files;
      const std::string name = "--" + option.name;
      if (option.completion == Completion::None) continue;
      if (names.find(name) == std::string::npos) names += (names.empty() ? "" : "|") + name;
    }
  }
  std::string text;
  if (!files.empty())
    text += format("    {}) COMPREPLY=($(compgen -f -- \"$word\")); return ;;\n", files);
  if (!folders.empty())
    text += format("    {}) COMPREPLY=($(compgen -d -- \"$word\")); return ;;\n", folders);
  return text;
}

std::string bash_script() {
  std::string names = "help --help --version";
  std::string cases;
  for (const Subcommand& subcommand : subcommands()) {
    names += ' ' + subcommand.name;
    cases += format("    {}) options=\"{}\"\n      [[ $word == -* ]] || {{ {}; return; }} ;;\n",
                    subcommand.name,
                    options_of(subcommand),
                    positional_of(subcommand.name));
  }
  return format(R"#(# Completion of weir for bash: source <(weir completion bash)
_weir() {{
  local word=${{COMP_WORDS[COMP_CWORD]}} previous=${{COMP_WORDS[COMP_CWORD-1]}} options
  COMPREPLY=()
  if [ "$COMP_CWORD" -eq 1 ]; then
    COMPREPLY=($(compgen -W "{}" -- "$word"))
    return
  fi
  case $previous in
{}  esac
  case ${{COMP_WORDS[1]}} in
    help) options="{}" ;;
{}  esac
  COMPREPLY=($(compgen -W "$options" -- "$word"))
}}
complete -o filenames -F _weir weir
)#",
                names,
                values(),
                names,
                cases);
}

ExitCode run(const Arguments& arguments, Console& console) {
  if (arguments.positional.front() != "bash") {
    console.error << "weir: completion: there is one for bash only\n";
    return ExitCode::Usage;
  }
  if (arguments.has("json")) {
    const boost::json::object document = {{"shell", "bash"}, {"script", bash_script()}};
    console.out << boost::json::serialize(document) << '\n';
  } else {
    console.out << bash_script();
  }
  return ExitCode::Success;
}

}  // namespace

Subcommand completion_subcommand() {
  return {"completion",
          "bash [--json]",
          "print what bash needs to complete command lines",
          R"(Examples:
  source <(weir completion bash)
  weir completion bash > /etc/bash_completion.d/weir
)",
          {{json_option()}, 1, 1},
          run};
}

}  // namespace weir
