#include "jobs_files.h"

#include <cstdlib>
#include <memory>
#include <ostream>
#include <system_error>

#include "base/format.h"
#include "plugin/plugin.h"
#include "stored_plugins.h"

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

// Of no use for anything but [host].
LoadPorts deaf_ports() {
  return {[](const auto&) { return Error(ErrorKind::NotFound, "not asked"); },
          {},
          [](const auto&) { return std::nullopt; },
          {}};
}

}  // namespace

LoadPorts load_ports(const Arguments& arguments, const HostConnectors& connectors) {
  const auto stored = std::make_shared<StoredPlugins>();
  return {read_manifest,
          connectors.own(),
          environment_variable,
          plugin_folders(arguments),
          [stored](const PluginWish& wish) { return stored->find(wish); },
          [stored](const std::filesystem::path& store) { return stored->newest_folders(store); }};
}

LoadedJobs load_jobs_as_asked(const std::filesystem::path& path,
                              const Arguments& arguments,
                              const HostConnectors& connectors) {
  return load_jobs(path, load_ports(arguments, connectors));
}

HostSpec read_host_section(const std::filesystem::path& path) {
  // A pipe can be read once only, by whoever wants its jobs.
  std::error_code problem;
  if (!std::filesystem::is_regular_file(path, problem)) return {};
  return load_jobs(path, deaf_ports()).jobs.host;
}

HostSpec load_host_section(std::string_view text, const std::filesystem::path& path) {
  return load_jobs_text(text, path, deaf_ports()).jobs.host;
}

void print_mistakes(const std::vector<Mistake>& mistakes, Console& console) {
  for (const Mistake& mistake : mistakes)
    console.error << text(mistake) << '\n';
  console.error << format("{} mistake{}\n", mistakes.size(), mistakes.size() == 1 ? "" : "s");
}

}  // namespace weir
