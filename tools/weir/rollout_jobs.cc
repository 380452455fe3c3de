#include "rollout_jobs.h"

#include <map>
#include <optional>
#include <utility>
#include <vector>

#include "base/format.h"
#include "config/plugin_catalogue.h"
#include "config/version.h"
#include "jobs_files.h"
#include "plugin/plugin.h"
#include "registry/sha256.h"

namespace weir {
namespace {

namespace fs = std::filesystem;

// Finds plugin files by what jobs ask for; reads each file once.
class PluginFiles final {
 public:
  PluginFiles(std::vector<fs::path> folders, const RolloutFolder& folder)
      : catalogue_(std::move(folders), read_manifest), folder_(folder) {}

  // Nothing where the folders have what is asked for; else the newest version that is kept and
  // fits.
  std::optional<fs::path> find(const PluginWish& wish) {
    const auto constraint = VersionConstraint::parse(wish.version);
    if (!constraint) return std::nullopt;
    const auto found = catalogue_.find(wish.plugin);
    const auto version = found ? Version::parse(found->description->version) : std::nullopt;
    if (version && constraint->accepts(*version)) return std::nullopt;
    const KeptFile* newest = nullptr;
    for (const KeptFile& file : kept_files()) {
      if (file.plugin != wish.plugin || !constraint->accepts(file.version)) continue;
      if (newest == nullptr || file.version > newest->version) newest = &file;
    }
    return newest ? std::optional(newest->path) : std::nullopt;
  }

 private:
  struct KeptFile {
    fs::path path;
    std::string plugin;
    Version version;
  };

  const std::vector<KeptFile>& kept_files() {
    if (std::exchange(is_read_, true)) return kept_;
    for (const std::string& hash : folder_.kept_hashes()) {
      const auto path = folder_.kept_plugin(hash);
      const auto found = path ? catalogue_.read(*path) : Result<FoundPlugin>(path.error());
      const auto version = found ? Version::parse(found->description->version) : std::nullopt;
      if (version) kept_.push_back({*path, found->description->name, *version});
    }
    return kept_;
  }

  PluginCatalogue catalogue_;
  const RolloutFolder& folder_;
  std::vector<KeptFile> kept_;
  bool is_read_ = false;
};

Status check_files(const LoadedJobs& loaded, const Lock& lock) {
  std::map<fs::path, std::string> hashes;
  for (const JobSpec& job : loaded.jobs.jobs) {
    const LockedJob* locked = lock.find(job.name);
    if (locked == nullptr) continue;
    std::string& hash = hashes[job.plugin_path];
    if (hash.empty()) {
      TRY(hash, sha256_of_file(job.plugin_path));
    }
    if (hash == locked->hash) continue;
    return Error(ErrorKind::Corrupt,
                 format("job {}: {} is not the file of generation {}",
                        job.name,
                        job.plugin_path.string(),
                        lock.generation));
  }
  return Done{};
}

}  // namespace

LoadedJobs RolloutJobs::load_file() const {
  return load_jobs_as_asked(jobs_file_, arguments_, connectors_);
}

LoadedJobs RolloutJobs::load(const std::string& text, const Lock* pins) const {
  LoadPorts ports = load_ports(arguments_, connectors_);
  std::vector<fs::path> folders = load_host_section(text, jobs_file_).plugin_path;
  folders.insert(folders.end(), ports.plugin_folders.begin(), ports.plugin_folders.end());
  PluginFiles files(std::move(folders), folder_);
  const auto find_stored = ports.find_version;
  ports.find_version = [&](const PluginWish& wish) {
    const LockedJob* pinned = pins ? pins->find(wish.job) : nullptr;
    if (pinned == nullptr || pinned->plugin != wish.plugin) {
      const auto stored = find_stored(wish);
      return stored ? stored : files.find(wish);
    }
    const auto kept = folder_.kept_plugin(pinned->hash);
    return kept ? std::optional(*kept) : std::nullopt;
  };
  return load_jobs_text(text, jobs_file_, ports);
}

Result<LoadedJobs> RolloutJobs::load_generation(std::uint64_t number) const {
  TRY(const Generation generation, folder_.read(number));
  LoadedJobs loaded = load(generation.jobs_text, &generation.lock);
  if (!loaded.mistakes.empty()) {
    return Error(ErrorKind::Invalid,
                 format("generation {}: {}", number, text(loaded.mistakes.front())));
  }
  TRY_DO(check_files(loaded, generation.lock));
  return loaded;
}

}  // namespace weir
