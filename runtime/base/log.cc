#include "base/log.h"

namespace weir {

std::string_view name(LogLevel level) {
  switch (level) {
    case LogLevel::Debug: return "debug";
    case LogLevel::Info: return "info";
    case LogLevel::Warning: return "warning";
    case LogLevel::Error: return "error";
  }
  return "unknown";
}

Log Log::for_component(std::string component) const {
  return Log(*sink_, std::move(component), job_);
}

Log Log::for_job(std::string job) const {
  return Log(*sink_, component_, std::move(job));
}

void Log::write(LogLevel level, std::string_view text) const {
  if (sink_->accepts(level)) sink_->write({level, component_, job_, text});
}

void Log::write(LogLevel level, fmt::string_view pattern, fmt::format_args arguments) const {
  if (!sink_->accepts(level)) return;
  sink_->write({level, component_, job_, format_arguments(pattern, arguments)});
}

}  // namespace weir
