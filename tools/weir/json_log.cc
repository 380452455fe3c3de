#include "json_log.h"

#include <string>
#include <unistd.h>

#include <boost/json.hpp>

#include "host/time_text.h"

namespace weir {
namespace {

namespace json = boost::json;

json::string_view view(std::string_view text) {
  return {text.data(), text.size()};
}

class JsonLog final : public LogSink {
 public:
  JsonLog(LogLevel level_min, const Clock& clock) : level_min_(level_min), clock_(clock) {}

  bool accepts(LogLevel level) const override { return level >= level_min_; }

  // One system call a line, so that lines of different threads stay whole.
  void write(const LogLine& line) override {
    const json::object object = {{"time", time_text(clock_.wall_now())},
                                 {"level", view(name(line.level))},
                                 {"component", view(line.component)},
                                 {"job", view(line.job)},
                                 {"text", view(line.text)}};
    const std::string text = json::serialize(object) + '\n';
    const ssize_t written = ::write(STDERR_FILENO, text.data(), text.size());
    static_cast<void>(written);
  }

 private:
  const LogLevel level_min_;
  const Clock& clock_;
};

}  // namespace

std::unique_ptr<LogSink> make_json_log(LogLevel level_min, const Clock& clock) {
  return std::make_unique<JsonLog>(level_min, clock);
}

}  // namespace weir
