// What jobs.toml asks for, as a lock would say it.
#pragma once

#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "base/result.h"
#include "config/load.h"
#include "rollout/rollout_plan.h"

namespace weir {

// SHA-256 of a file, in hex.
using HashFile = std::function<Result<std::string>(const std::filesystem::path&)>;

// What the gate says against a plugin file; empty: nothing.
using JudgeFile = std::function<std::string(const std::filesystem::path&)>;

// Whether a new start of the job goes on where the last one ended.
using KeepsPositions = std::function<bool(const JobSpec&)>;

struct WantedPorts {
  HashFile hash_file;
  JudgeFile judge_file = {};            // May be empty.
  KeepsPositions keeps_positions = {};  // Empty: all do.
};

// `loaded` has no mistakes; `folder` is that of jobs.toml. Reads every plugin file once; runs none.
Result<std::vector<WantedJob>> wanted_jobs(const LoadedJobs& loaded,
                                           const std::filesystem::path& folder,
                                           const WantedPorts& ports);

// The state that operators of a job keep, but for the positions of its sources.
std::vector<LockedState> locked_states(const JobDescription& job);

}  // namespace weir
