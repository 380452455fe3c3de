#pragma once

#include <string>

#include "config/spec.h"

namespace weir {

// The first thing that two entries of a job say differently and that it is built of: ports, pools,
// what is done with bad records. A clause, "source enter is connected otherwise"; empty: nothing.
// Code, parameters, class and epochs are not asked for.
std::string settings_change(const JobSpec& left, const JobSpec& right);

}  // namespace weir
