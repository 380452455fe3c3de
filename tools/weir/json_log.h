#pragma once

#include <memory>

#include "base/clock.h"
#include "base/log.h"

namespace weir {

// Writes to standard error, an object a line:
//   {"time":"…","level":"info","component":"kafka","job":"enter-cn","text":"…"}
// The clock outlives it.
std::unique_ptr<LogSink> make_json_log(LogLevel level_min, const Clock& clock);

}  // namespace weir
