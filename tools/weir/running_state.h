// The state of a job that runs, by way of its host.
#pragma once

#include <memory>
#include <string>

#include "arguments.h"
#include "base/result.h"
#include "checkpoint/savepoint.h"
#include "checkpoint/stored_state.h"

namespace weir {

// Whether the host is to be asked: --http says where it is, or a process has the job's state open.
bool is_with_host(const Arguments& arguments, const std::string& job);

// Both as of the last committed epoch. NotFound, Invalid: the host says so; Unavailable: it does
// not answer, or cannot do it now.
Result<Savepoint> save_running(const Arguments& arguments,
                               const std::string& job,
                               const std::string& savepoint);
Result<std::unique_ptr<StoredState>> open_running(const Arguments& arguments,
                                                  const std::string& job);

}  // namespace weir
