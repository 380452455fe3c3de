#include "base/terminal_log.h"

#include <spdlog/pattern_formatter.h>
#include <spdlog/sinks/stdout_color_sinks.h>
#include <spdlog/spdlog.h>

namespace weir {
namespace {

spdlog::level::level_enum spdlog_level(LogLevel level) {
  switch (level) {
    case LogLevel::Debug: return spdlog::level::debug;
    case LogLevel::Info: return spdlog::level::info;
    case LogLevel::Warning: return spdlog::level::warn;
    case LogLevel::Error: return spdlog::level::err;
  }
  return spdlog::level::info;
}

class TerminalLog final : public LogSink {
 public:
  explicit TerminalLog(LogLevel level_min)
      : level_min_(level_min),
        logger_("weir", std::make_shared<spdlog::sinks::stderr_color_sink_mt>()) {
    logger_.set_level(spdlog::level::debug);
    logger_.set_formatter(std::make_unique<spdlog::pattern_formatter>(
        "%Y-%m-%dT%H:%M:%S.%eZ %^%-7l%$ %v", spdlog::pattern_time_type::utc));
    logger_.flush_on(spdlog::level::debug);
  }

  bool accepts(LogLevel level) const override { return level >= level_min_; }

  void write(const LogLine& line) override {
    logger_.log(spdlog_level(line.level),
                "[{}] {}{}{}",
                line.component,
                line.job,
                line.job.empty() ? "" : ": ",
                line.text);
  }

 private:
  LogLevel level_min_;
  spdlog::logger logger_;
};

}  // namespace

std::unique_ptr<LogSink> make_terminal_log(LogLevel level_min) {
  return std::make_unique<TerminalLog>(level_min);
}

}  // namespace weir
