#pragma once

#include <string>
#include <vector>

#include "base/guarded.h"
#include "base/log.h"

namespace weir::fakes {

// Keeps every line as `level [component] job: text`.
class RecordedLog final : public LogSink {
 public:
  explicit RecordedLog(LogLevel level_min = LogLevel::Debug) : level_min_(level_min) {}

  std::vector<std::string> lines() const {
    return lines_.with([](const auto& lines) { return lines; });
  }

  bool accepts(LogLevel level) const override { return level >= level_min_; }

  void write(const LogLine& line) override {
    lines_.with([&](auto& lines) {
      lines.push_back(format("{} [{}] {}{}{}",
                             name(line.level),
                             line.component,
                             line.job,
                             line.job.empty() ? "" : ": ",
                             line.text));
    });
  }

 private:
  LogLevel level_min_;
  Guarded<std::vector<std::string>> lines_;
};

}  // namespace weir::fakes
