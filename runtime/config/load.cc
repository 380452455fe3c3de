#include "config/load.h"

#include <algorithm>
#include <fstream>
#include <map>
#include <optional>
#include <utility>

#include "base/format.h"
#include "config/host_section.h"
#include "config/job_section.h"
#include "config/load_context.h"
#include "config/table_reader.h"
#include "config/toml_document.h"

namespace weir {
namespace {

constexpr std::size_t kPlainNameMax = 100;

std::optional<std::string> read_text(const std::filesystem::path& path, Mistakes& mistakes) {
  std::error_code problem;
  if (std::filesystem::is_directory(path, problem)) {
    mistakes.add({}, "", "a folder", "a file");
    return std::nullopt;
  }
  std::ifstream file(path, std::ios::binary);
  if (!file) {
    const bool exists = std::filesystem::exists(path, problem);
    mistakes.add({}, "", exists ? "a file that cannot be read" : "no such file", "a jobs file");
    return std::nullopt;
  }
  // One byte more than the limit, so that the parser sees that there are too many.
  std::string text(kJobsFileBytesMax + 1, '\0');
  file.read(text.data(), static_cast<std::streamsize>(text.size()));
  text.resize(static_cast<std::size_t>(file.gcount()));
  return text;
}

void check_names(const std::vector<JobSpec>& jobs, const TomlList& nodes, Mistakes& mistakes) {
  std::map<std::string, TextPosition, std::less<>> seen;
  for (std::size_t i = 0; i < jobs.size(); ++i) {
    const auto* table = std::get_if<TomlTable>(&nodes[i].value);
    if (!table || jobs[i].name.empty()) continue;
    TableReader reader(*table, nodes[i].position, "job." + jobs[i].name, mistakes);
    const auto [first, is_new] = seen.emplace(jobs[i].name, reader.position_of("name"));
    if (is_new) continue;
    reader.add_mistake(
        "name",
        format("{}, the name of the job in line {}", in_quotes(jobs[i].name), first->second.line),
        "a name that no other job has");
  }
}

void read_jobs(TableReader& file, LoadContext& context, std::vector<JobSpec>& jobs) {
  const TomlEntry* entry = file.any("job");
  const auto* list = entry ? std::get_if<TomlList>(&entry->node.value) : nullptr;
  if (entry && !list) {
    file.add_mistake("job", description(entry->node), "sections [[job]]");
    return;
  }
  if (!list || list->empty()) {
    file.add_missing("job", "at least one section [[job]]");
    return;
  }
  for (std::size_t i = 0; i < list->size(); ++i) {
    jobs.push_back(read_job((*list)[i], i, context));
  }
  check_names(jobs, *list, context.mistakes);
}

PluginCatalogue catalogue_of(const HostSpec& host, const LoadPorts& ports) {
  std::vector<std::filesystem::path> folders = host.plugin_path;
  folders.insert(folders.end(), ports.plugin_folders.begin(), ports.plugin_folders.end());
  std::vector<std::filesystem::path> stored;
  if (ports.stored_folders) stored = ports.stored_folders(host.store);
  return PluginCatalogue(std::move(folders), ports.read_manifest, stored);
}

LoadedJobs finish(JobsFile jobs, Mistakes& mistakes, Secrets secrets) {
  LoadedJobs loaded{std::move(jobs), mistakes.take(), std::move(secrets)};
  for (Mistake& mistake : loaded.mistakes) {
    mistake.found = visible(loaded.secrets.redact(std::move(mistake.found)));
    mistake.expected = visible(loaded.secrets.redact(std::move(mistake.expected)));
  }
  return loaded;
}

}  // namespace

bool is_plain_name(std::string_view name) {
  return !name.empty() && name.size() <= kPlainNameMax &&
         std::all_of(name.begin(), name.end(), [](char letter) {
           return (letter >= '0' && letter <= '9') || (letter >= 'a' && letter <= 'z') ||
                  letter == '-';
         });
}

std::optional<std::string> resolve_secrets(const std::string& written,
                                           std::string_view key,
                                           TableReader& reader,
                                           LoadContext& context) {
  auto value = context.secrets.resolve(written);
  if (value) return *value;
  reader.add_mistake(key,
                     format("{}: {}", in_quotes(written), value.error().message()),
                     "a secret that can be read");
  return std::nullopt;
}

LoadedJobs load_jobs_text(std::string_view text,
                          const std::filesystem::path& path,
                          const LoadPorts& ports) {
  const std::filesystem::path folder = std::filesystem::absolute(path).parent_path();
  Mistakes mistakes(path.string());
  Secrets secrets(ports.environment, folder);
  JobsFile jobs;
  const TomlTable document = parse_toml(text, mistakes);
  if (!mistakes.empty()) return finish(std::move(jobs), mistakes, std::move(secrets));

  TableReader file(document, {1, 1}, "", mistakes);
  jobs.host = read_host(file, folder);
  LoadContext context{ports,
                      folder,
                      jobs.host.store,
                      catalogue_of(jobs.host, ports),
                      secrets,
                      mistakes,
                      {},
                      {},
                      {}};
  context.clusters = read_clusters(file, context);
  jobs.clusters = context.clusters;
  read_jobs(file, context, jobs.jobs);
  file.report_unknown_keys();
  return finish(std::move(jobs), mistakes, std::move(secrets));
}

LoadedJobs load_jobs(const std::filesystem::path& path, const LoadPorts& ports) {
  Mistakes mistakes(path.string());
  const auto text = read_text(path, mistakes);
  if (text) return load_jobs_text(*text, path, ports);
  return finish({}, mistakes, Secrets(ports.environment, {}));
}

}  // namespace weir
