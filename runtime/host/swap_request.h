#pragma once

#include <filesystem>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "config/spec.h"
#include "job/probation.h"

namespace weir {

// What a job becomes by the body of POST /v1/jobs/NAME/swap, whose members may all be left out:
//
//   {"plugin_path": "/store/libclassroom.so",    a file of its own for each version, or
//    "version": "1.1.0",                         what some file in `folders` says it is
//    "parameters": {"slow_enter_ms": 5000},      the others stay; a duration is ms, or "5s"
//    "probation": "60s"}                         none when left out
//
// `running` is its entry. Reads manifests; runs nothing. Invalid: what was found and what would be
// right; NotFound: no such file, or no such version.
struct AskedSwap {
  JobSpec spec;
  ProbationLimits probation = {};
};
Result<AskedSwap> swapped_spec(JobSpec running,
                               std::string_view body,
                               const std::vector<std::filesystem::path>& folders);

}  // namespace weir
