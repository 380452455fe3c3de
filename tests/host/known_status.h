#pragma once

#include "host/routes.h"
#include "job/job_status.h"

namespace weir {

// A host with one job "enter-cn" that has something of everything.
HostStatus known_status();

// Answers with it, all jobs started.
StatusSource known_source();

}  // namespace weir
