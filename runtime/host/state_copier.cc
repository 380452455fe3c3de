#include "host/state_copier.h"

#include <algorithm>
#include <system_error>
#include <utility>

#include "base/format.h"
#include "checkpoint/state_folder.h"

namespace weir {

namespace fs = std::filesystem;

StateCopier::StateCopier(JobHost& jobs, fs::path state, const Clock& clock)
    : jobs_(jobs), state_(std::move(state)), clock_(clock) {}

// Before anything is made under the name of a job.
Status StateCopier::check_job(const std::string& job) const {
  const HostStatus status = jobs_.status();
  const auto is_it = [&](const JobStatus& each) { return each.name == job; };
  if (std::ranges::any_of(status.jobs, is_it)) return Done{};
  return Error(ErrorKind::NotFound, "no job " + job);
}

Result<Savepoint> StateCopier::save(const std::string& job, const std::string& savepoint) {
  TRY_DO(check_job(job));
  return create_savepoint(state_, job, savepoint, clock_.wall_now(), [&](const fs::path& folder) {
    return jobs_.copy_state(job, folder);
  });
}

Result<fs::path> StateCopier::copy(const std::string& job) {
  TRY_DO(check_job(job));
  const fs::path all = fs::absolute(copies_folder(state_, job));
  std::error_code failed;
  fs::create_directories(all, failed);
  if (failed) {
    return Error(ErrorKind::Unavailable, format("make {}: {}", all.string(), failed.message()));
  }
  fs::path folder = all / std::to_string(++copies_);
  TRY_DO(jobs_.copy_state(job, folder));
  return folder;
}

void remove_copies(const fs::path& state, const std::string& job) {
  std::error_code ignored;
  fs::remove_all(copies_folder(state, job), ignored);
}

}  // namespace weir
