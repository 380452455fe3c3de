#pragma once

#include "job/job_status.h"

namespace weir {

// A host with one job "enter-cn" that has something of everything.
HostStatus known_status();

}  // namespace weir
