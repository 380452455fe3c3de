// What the control API tells about jobs, as JSON. Described field by field in README.md of this
// folder.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "job/job_status.h"

namespace weir {

// {"host": {…}, "jobs": [{…}, …]}: the host, and each job in short.
std::string jobs_document(const HostStatus& status);

// One job with its operators, splits, side streams and counters; nothing when there is none of that
// name.
std::optional<std::string> job_document(const HostStatus& status, std::string_view name);

}  // namespace weir
