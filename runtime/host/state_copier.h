#pragma once

#include <cstdint>
#include <filesystem>
#include <string>

#include "base/clock.h"
#include "base/result.h"
#include "checkpoint/savepoint.h"
#include "job/job_host.h"

namespace weir {

// Makes savepoints and copies of the state of running jobs, without disturbing them. One thread; it
// waits for the jobs.
//
// NotFound: there is no such job; Invalid: it keeps no state, or the name will not do; Unavailable:
// the job does not run now, or the disk refuses.
class StateCopier final {
 public:
  // All outlive the copier. `state` is the host's state directory.
  StateCopier(JobHost& jobs, std::filesystem::path state, const Clock& clock);

  Result<Savepoint> save(const std::string& job, const std::string& savepoint);
  // For one reader, who removes it. Returns the folder, an absolute path.
  Result<std::filesystem::path> copy(const std::string& job);

 private:
  Status check_job(const std::string& job) const;

  JobHost& jobs_;
  const std::filesystem::path state_;
  const Clock& clock_;
  std::uint64_t copies_ = 0;  // So many were made.
};

// Removes copies that readers left behind, when nobody has asked this process for one yet.
void remove_copies(const std::filesystem::path& state, const std::string& job);

}  // namespace weir
