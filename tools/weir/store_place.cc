#include "store_place.h"

#include <algorithm>
#include <utility>

#include "base/format.h"
#include "jobs_files.h"
#include "rollout/lock.h"
#include "rollout/rollout_folder.h"

namespace weir {
namespace {

namespace fs = std::filesystem;

// To go back to.
constexpr std::size_t kGenerationsKept = 3;

}  // namespace

OptionDeclaration store_option() {
  return {
      "store", "FOLDER", "the store, as in the host's jobs file (var/plugins)", Completion::Folder};
}

VersionStore store_of(const Arguments& arguments) {
  return VersionStore(arguments.value("store").value_or("var/plugins"));
}

OptionDeclaration needing_jobs_option() {
  return {"jobs",
          "FILE",
          "remove, gc: the jobs file whose lock and generations count (jobs.toml)",
          Completion::File};
}

FindVersionNeeds version_needs(const Arguments& arguments) {
  const fs::path jobs_file = arguments.value("jobs").value_or(kJobsFileDefault);
  return [jobs_file]() -> Result<std::vector<VersionNeed>> {
    const fs::path lock_file = lock_path_of(jobs_file);
    const ReadLock read = read_lock(lock_file);
    if (!read.mistakes.empty()) return Error(ErrorKind::Corrupt, text(read.mistakes.front()));
    std::vector<VersionNeed> needs;
    for (const LockedJob& job : read.lock.jobs) {
      needs.push_back({job.hash, format("{} names it for job {}", lock_file.string(), job.name)});
    }
    const RolloutFolder folder(read_host_section(jobs_file).state);
    const std::vector<std::uint64_t> all = folder.generations();
    const std::size_t begin = all.size() - std::min(all.size(), kGenerationsKept);
    for (std::size_t i = begin; i < all.size(); ++i) {
      TRY(const Generation generation, folder.read(all[i]));
      for (const LockedJob& job : generation.lock.jobs) {
        needs.push_back({job.hash, format("generation {} has it for job {}", all[i], job.name)});
      }
    }
    return needs;
  };
}

Result<std::vector<StoredVersion>> find_versions(const VersionStore& store,
                                                 const std::string& text) {
  const std::size_t at = text.find('@');
  const std::string plugin = text.substr(0, at);
  std::vector<StoredVersion> found;
  if (at != std::string::npos) {
    TRY(found.emplace_back(), store.find(plugin, text.substr(at + 1)));
    return found;
  }
  TRY(VersionStore::Contents contents, store.read());
  for (StoredVersion& version : contents.versions) {
    if (version.plugin == plugin) found.push_back(std::move(version));
  }
  if (!found.empty()) return found;
  return Error(ErrorKind::NotFound, format("no plugin {} in {}", plugin, store.folder().string()));
}

}  // namespace weir
