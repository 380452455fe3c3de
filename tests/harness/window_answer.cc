#include "harness/window_answer.h"

#include <limits>
#include <utility>

namespace weir::harness {
namespace {

struct Window {
  bool has_fired = false;
  std::map<std::string, std::vector<Input>> groups;
};

// Every start of a window that contains `time`, found by trying.
std::vector<std::int64_t> starts_of(const WindowSpec& spec, std::int64_t time) {
  std::vector<std::int64_t> starts;
  for (std::int64_t start = time - spec.size + 1; start <= time; ++start) {
    const std::int64_t since = (start - spec.offset) % spec.slide;
    if (since == 0) starts.push_back(start);
  }
  return starts;
}

class Answer final {
 public:
  explicit Answer(const WindowSpec& spec) : spec_(spec) {}

  void take(const Input& input, bool is_refused) {
    std::vector<std::int64_t> open;
    for (const std::int64_t start : starts_of(spec_, input.time)) {
      const std::int64_t last_time = start + spec_.size - 1;
      if (watermark_ < last_time + spec_.allowed_lateness) open.push_back(start);
    }
    if (open.empty()) return answer_.late.push_back(input);
    if (is_refused) return answer_.refused.push_back(input);
    for (const std::int64_t start : open) {
      Window& window = windows_[start];
      window.groups[input.user].push_back(input);
      if (start + spec_.size - 1 <= watermark_) fire(start, input.user);
    }
  }

  void advance(std::int64_t watermark) {
    watermark_ = watermark;
    for (auto& [start, window] : windows_) {
      if (window.has_fired || start + spec_.size - 1 > watermark) continue;
      window.has_fired = true;
      for (const auto& [user, rows] : window.groups)
        fire(start, user);
    }
  }

  WindowAnswer finish() && {
    advance(std::numeric_limits<std::int64_t>::max());
    return std::move(answer_);
  }

 private:
  void fire(std::int64_t start, const std::string& user) {
    windows_[start].has_fired = true;
    answer_.fired.push_back({start, start + spec_.size, user, windows_[start].groups[user]});
  }

  WindowSpec spec_;
  std::int64_t watermark_ = std::numeric_limits<std::int64_t>::min();
  std::map<std::int64_t, Window> windows_;
  WindowAnswer answer_;
};

}  // namespace

WindowAnswer answer_of(const WindowSpec& spec,
                       const std::vector<Step>& steps,
                       const std::function<bool(const Input&)>& refuses) {
  Answer answer(spec);
  for (const Step& step : steps) {
    if (const auto* input = std::get_if<Input>(&step)) {
      answer.take(*input, refuses(*input));
    } else {
      answer.advance(std::get<Until>(step).time);
    }
  }
  return std::move(answer).finish();
}

}  // namespace weir::harness
