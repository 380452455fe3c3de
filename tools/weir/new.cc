// weir new: a plugin to begin with.
#include <algorithm>
#include <array>
#include <filesystem>
#include <ostream>
#include <system_error>

#include <boost/json.hpp>

#include "base/format.h"
#include "subcommand.h"
#include "template_folder.h"

namespace weir {
namespace {

// It becomes the name of a CMake target, of a file and of a C++ library.
bool is_plugin_name(const std::string& name) {
  constexpr std::string_view kLetters = "abcdefghijklmnopqrstuvwxyz";
  return !name.empty() && name.size() <= 60 &&
         kLetters.find(name.front()) != std::string_view::npos &&
         name.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789-") == std::string::npos;
}

// Beside the program where it is installed, else where it was built from.
std::filesystem::path sdk_folder(const Arguments& arguments) {
  if (const auto given = arguments.value("sdk")) return std::filesystem::absolute(*given);
  std::error_code problem;
  const auto program = std::filesystem::read_symlink("/proc/self/exe", problem);
  const auto installed = program.parent_path().parent_path() / "share" / "WeirSDK";
  return std::filesystem::is_directory(installed, problem) ? installed : WEIR_SDK_FOLDER;
}

// In the new folder.
constexpr std::array kNextSteps = {
    "cmake -B build && cmake --build build", "ctest --test-dir build", "weir run jobs.toml"};

std::string made_text(const std::string& name) {
  std::string text = format(
      "made {0}: a job that counts visits of pages, with a test of its logic\n\n  cd {0}\n", name);
  for (const char* step : kNextSteps)
    text += format("  {}\n", step);
  return text;
}

std::string made_json(const std::string& name) {
  const boost::json::object document = {
      {"plugin", name},
      {"folder", std::filesystem::absolute(name).string()},
      {"next", boost::json::array(kNextSteps.begin(), kNextSteps.end())}};
  return boost::json::serialize(document) + '\n';
}

ExitCode run(const Arguments& arguments, Console& console) {
  const std::string& kind = arguments.positional[0];
  const std::string& name = arguments.positional[1];
  if (kind != "plugin") {
    console.error << "weir: new: say weir new plugin NAME\n";
    return ExitCode::Usage;
  }
  if (!is_plugin_name(name)) {
    console.error << format(
        "weir: new: {} is no name for a plugin: lower-case letters, digits and '-'\n", name);
    return ExitCode::Usage;
  }
  const std::filesystem::path sdk = sdk_folder(arguments);
  const std::filesystem::path source = sdk / "template";
  std::error_code problem;
  if (!std::filesystem::is_directory(source, problem)) {
    console.error << format("weir: new: no SDK in {}: --sdk says where it is\n", sdk.string());
    return ExitCode::Unavailable;
  }
  const Status copied = copy_template(source, name, {{"name", name}, {"sdk", sdk.string()}});
  if (!copied) {
    console.error << format("weir: new: {}\n", copied.error().message());
    return copied.error().kind() == ErrorKind::Invalid ? ExitCode::Refused : ExitCode::Unavailable;
  }
  console.out << (arguments.has("json") ? made_json(name) : made_text(name));
  return ExitCode::Success;
}

}  // namespace

Subcommand new_subcommand() {
  return {"new",
          "plugin NAME [--sdk FOLDER] [--json]",
          "make the source of a new plugin",
          R"help(Makes a folder NAME with a plugin that builds, a test of its logic, and a jobs file
that runs it over a file: something to change step by step.

Examples:
  weir new plugin my-jobs
  cd "$(weir new plugin my-jobs --json | jq -r .folder)"
)help",
          {{{"sdk", "FOLDER", "the SDK, when it is not where weir was built", Completion::Folder},
            json_option()},
           2,
           2},
          run};
}

}  // namespace weir
