#pragma once

#include <string>
#include <string_view>
#include <utility>

#include "base/format.h"

namespace weir {

enum class LogLevel { Debug, Info, Warning, Error };

// `debug`, `info`, `warning`, `error`.
std::string_view name(LogLevel level);

// One line of the log. The texts live until write() returns.
struct LogLine {
  LogLevel level = LogLevel::Info;
  std::string_view component;  // The part of the host that speaks: `kafka`, `worker`.
  std::string_view job;        // Empty when the line belongs to no job.
  std::string_view text;
};

// Where log lines go. Called from any thread.
class LogSink {
 public:
  virtual ~LogSink() = default;
  virtual bool accepts(LogLevel level) const = 0;
  virtual void write(const LogLine& line) = 0;
};

// Writes lines as one component, for one job or none. A value: copy it freely; the sink
// outlives it. Safe to call from any thread.
class Log final {
 public:
  Log(LogSink& sink, std::string component, std::string job = {})
      : sink_(&sink), component_(std::move(component)), job_(std::move(job)) {}

  Log for_component(std::string component) const;
  Log for_job(std::string job) const;

  template <class... Args>
  void debug(fmt::format_string<Args...> pattern, Args&&... args) const {
    write(LogLevel::Debug, pattern, fmt::make_format_args(args...));
  }
  template <class... Args>
  void info(fmt::format_string<Args...> pattern, Args&&... args) const {
    write(LogLevel::Info, pattern, fmt::make_format_args(args...));
  }
  template <class... Args>
  void warning(fmt::format_string<Args...> pattern, Args&&... args) const {
    write(LogLevel::Warning, pattern, fmt::make_format_args(args...));
  }
  template <class... Args>
  void error(fmt::format_string<Args...> pattern, Args&&... args) const {
    write(LogLevel::Error, pattern, fmt::make_format_args(args...));
  }

  // A text that is already made, like one from a plugin.
  void write(LogLevel level, std::string_view text) const;

 private:
  void write(LogLevel level, fmt::string_view pattern, fmt::format_args arguments) const;

  LogSink* sink_;
  std::string component_;
  std::string job_;
};

}  // namespace weir
