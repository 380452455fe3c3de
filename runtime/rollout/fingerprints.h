// Short texts that are equal when what they stand for is.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>

#include "config/secrets.h"
#include "config/spec.h"
#include "plugin/description.h"

namespace weir {

// 16 hex digits.
std::string fingerprint_of(std::string_view text);

// The operators of a job: what each is, takes and makes. Not what they are told about.
std::string graph_fingerprint(const JobDescription& job);

// The values of a job's parameters.
std::string parameters_fingerprint(const JobDescription& job, const JobSpec& spec);

// Everything else that jobs.toml says about a job, the clusters that its ports use included. A
// secret counts as what stands for it in the file, a path below `folder` as what follows it.
std::string settings_fingerprint(const JobSpec& spec,
                                 const Secrets& secrets,
                                 const std::filesystem::path& folder);

}  // namespace weir
