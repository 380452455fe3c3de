// What a host starts with: the jobs file as it is, or as it was applied last.
#pragma once

#include <filesystem>
#include <optional>

#include "base/clock.h"
#include "base/log.h"
#include "base/result.h"
#include "config/load.h"
#include "host/host.h"
#include "rollout_jobs.h"

namespace weir {

struct StartedJobs {
  LoadedJobs loaded;  // May have mistakes.
  HostOrigin origin;  // Refers to what it was made with.
  std::optional<RunningMark> mark = {};
};

struct StartPorts {
  const Clock& clock;
  Log log;
};

// Finishes what an apply left that died, unless another one is under way.
Result<StartedJobs> load_started_jobs(const std::filesystem::path& file,
                                      const RolloutFolder& folder,
                                      const RolloutJobs& jobs,
                                      const StartPorts& ports);

}  // namespace weir
