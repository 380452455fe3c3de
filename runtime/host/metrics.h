#pragma once

#include <string>

#include "job/job_status.h"

namespace weir {

// Everything in `status` as metrics in the text format of Prometheus. Names start with weir_; each
// has its help.
std::string metrics_text(const HostStatus& status);

}  // namespace weir
