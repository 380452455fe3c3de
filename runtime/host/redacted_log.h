#pragma once

#include "base/log.h"
#include "config/secrets.h"

namespace weir {

// Passes lines on without the secrets of the jobs file. The inner sink outlives it.
class RedactedLog final : public LogSink {
 public:
  RedactedLog(LogSink& inner, Secrets secrets) : inner_(inner), secrets_(std::move(secrets)) {}

  bool accepts(LogLevel level) const override { return inner_.accepts(level); }
  void write(const LogLine& line) override;

 private:
  LogSink& inner_;
  const Secrets secrets_;
};

}  // namespace weir
