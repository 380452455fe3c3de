#pragma once

#include <memory>

#include "base/log.h"

namespace weir {

// Writes to standard error, coloured when that is a terminal:
//   2026-11-20T08:00:00.123Z info  [kafka] enter-cn: assigned 4 partitions
std::unique_ptr<LogSink> make_terminal_log(LogLevel level_min);

}  // namespace weir
