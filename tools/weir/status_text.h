// What a running host told, for people.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace weir {

// From /v1/jobs: a line for the host, then a table of its jobs. Corrupt: not what a host of this
// version answers.
Result<std::string> host_text(std::string_view document);

// The table alone.
Result<std::string> job_table_text(std::string_view document);

Result<std::vector<std::string>> job_names(std::string_view document);

// From /v1/jobs/NAME: everything about one job.
Result<std::string> job_text(std::string_view document);

}  // namespace weir
