// Jobs files as a rollout reads them: with the plugin files of a generation, or with those that the
// text asks for.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <utility>

#include "arguments.h"
#include "base/result.h"
#include "config/load.h"
#include "host/host_connectors.h"
#include "rollout/rollout_folder.h"

namespace weir {

// What it refers to outlives it. Used by one thread at a time.
class RolloutJobs final {
 public:
  RolloutJobs(std::filesystem::path jobs_file,
              const RolloutFolder& folder,
              const Arguments& arguments,
              const HostConnectors& connectors)
      : jobs_file_(std::move(jobs_file)),
        folder_(folder),
        arguments_(arguments),
        connectors_(connectors) {}

  // The file as it is.
  LoadedJobs load_file() const;

  // A text in the place of the file. Jobs that `pins` has get the plugin files that it names; null:
  // none does.
  LoadedJobs load(const std::string& text, const Lock* pins) const;

  // A generation that is kept. Corrupt: a plugin file is not the one that it ran.
  Result<LoadedJobs> load_generation(std::uint64_t number) const;

 private:
  const std::filesystem::path jobs_file_;
  const RolloutFolder& folder_;
  const Arguments& arguments_;
  const HostConnectors& connectors_;
};

}  // namespace weir
