#include "worker/watchdog.h"

#include <algorithm>
#include <utility>

#include "base/format.h"
#include "crash/crash_handler.h"

namespace weir {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds kIntervalMax{500};
constexpr milliseconds kIntervalMin{5};

// Some looks within the shorter limit.
milliseconds interval_of(const CallWatch::Limits& limits) {
  milliseconds interval = kIntervalMax;
  for (const milliseconds limit : {limits.warning, limits.limit}) {
    if (limit.count() > 0) interval = std::min(interval, limit / 4);
  }
  return std::max(interval, kIntervalMin);
}

}  // namespace

std::string text_of(const SlowCall& call) {
  const CallSite& site = *call.site;
  std::string text = format("operator {} of job {} (plugin {} {})",
                            site.operator_uid,
                            site.job,
                            site.plugin,
                            site.plugin_version);
  if (call.span.place == nullptr) return text;
  return format(
      "{}, records {} at {} to {}", text, call.span.place->split, call.span.first, call.span.last);
}

Watchdog::Watchdog(CallWatch::Limits limits,
                   const std::vector<std::pair<const Worker*, WorkerThread*>>& watched,
                   const Clock& clock,
                   Log log)
    : interval_(interval_of(limits)), clock_(clock), log_(std::move(log)) {
  for (const auto& [worker, thread] : watched)
    watched_.push_back({worker, thread, CallWatch(limits)});
  thread_ = std::thread([this] { run(); });
}

Watchdog::~Watchdog() {
  must_end_.set(true);
  parker_.wake();
  thread_.join();
}

std::vector<SlowCall> Watchdog::slow_calls() const {
  return slow_.with([](const std::vector<SlowCall>& slow) { return slow; });
}

void Watchdog::run() {
  const CrashThread reported(nullptr);
  MonotonicTime last = clock_.monotonic_now();
  while (!must_end_.get()) {
    parker_.park(interval_);
    const MonotonicTime now = clock_.monotonic_now();
    // Where this thread did not run either, nobody did: a process that was stopped for an hour
    // had no call that took an hour.
    look(std::min(std::chrono::floor<milliseconds>(now - last), 2 * interval_));
    last = now;
  }
}

void Watchdog::look(milliseconds elapsed) {
  std::vector<SlowCall> slow;
  for (std::size_t worker = 0; worker < watched_.size(); ++worker)
    judge(worker, elapsed, slow);
  slow_.with([&](std::vector<SlowCall>& published) { published = std::move(slow); });
}

void Watchdog::judge(std::size_t worker, milliseconds elapsed, std::vector<SlowCall>& slow) {
  Watched& watched = watched_[worker];
  const CallMarker::Look look = watched.worker->marker().look();
  const auto verdict = watched.watch.observe(look.turn, look.site != nullptr, elapsed);
  if (!watched.watch.is_slow()) return;
  const SlowCall call{worker, look.site, look.span, watched.watch.lasting()};
  slow.push_back(call);
  if (verdict == CallWatch::Verdict::Slow) {
    log_.for_job(look.site->job)
        .warning("a call has not come back for {} ms: {}", call.lasting.count(), text_of(call));
  } else if (verdict == CallWatch::Verdict::TooLong) {
    log_.for_job(look.site->job)
        .error("a call has not come back for {} ms, the process ends: {}",
               call.lasting.count(),
               text_of(call));
    watched.thread->end_by_report(
        format("a call did not come back for {} ms", call.lasting.count()));
  }
}

}  // namespace weir
