#include "jobs_files.h"

#include <cstdlib>
#include <ostream>
#include <system_error>

#include "base/format.h"
#include "plugin/plugin.h"

namespace weir {
namespace {

std::optional<std::string> environment_variable(const std::string& name) {
  // No other thread runs yet, and none of ours ever changes the environment.
  const char* value = std::getenv(name.c_str());  // NOLINT(concurrency-mt-unsafe)
  return value ? std::optional<std::string>(value) : std::nullopt;
}

std::vector<std::filesystem::path> plugin_folders(const Arguments& arguments) {
  std::vector<std::filesystem::path> folders;
  for (const std::string& folder : arguments.values("plugin-path"))
    folders.emplace_back(folder);
  std::error_code problem;
  const auto program = std::filesystem::read_symlink("/proc/self/exe", problem);
  if (!problem) folders.push_back(program.parent_path().parent_path() / "plugins");
  return folders;
}

}  // namespace

LoadedJobs load_jobs_as_asked(const std::filesystem::path& path,
                              const Arguments& arguments,
                              const HostConnectors& connectors) {
  const LoadPorts ports{
      read_manifest, connectors.own(), environment_variable, plugin_folders(arguments)};
  return load_jobs(path, ports);
}

void print_mistakes(const std::vector<Mistake>& mistakes, Console& console) {
  for (const Mistake& mistake : mistakes)
    console.error << text(mistake) << '\n';
  console.error << format("{} mistake{}\n", mistakes.size(), mistakes.size() == 1 ? "" : "s");
}

}  // namespace weir
