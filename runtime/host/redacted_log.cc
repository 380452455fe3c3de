#include "host/redacted_log.h"

#include <string>

namespace weir {

void RedactedLog::write(const LogLine& line) {
  const std::string text = secrets_.redact(std::string(line.text));
  inner_.write({line.level, line.component, line.job, text});
}

}  // namespace weir
