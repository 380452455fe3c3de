// What the host does for a plugin: log lines, counters, time, pools of ids.
#pragma once

#include <weir/cpp/describe.h>

namespace weir {
inline namespace v1 {
namespace detail {

template <class Service>
const Service* find_service(const weir_host* host, std::string_view id) {
  if (host == nullptr || host->service == nullptr) return nullptr;
  return static_cast<const Service*>(host->service(host->context, text_of(id)));
}

}  // namespace detail

// Writes to the host's log, with the job's name. Captured by value.
class Log final {
 public:
  explicit Log(const weir_host* host)
      : log_(detail::find_service<weir_log>(host, WEIR_LOG_SERVICE)) {}

  void debug(std::string_view message) const { write(WEIR_LOG_DEBUG, message); }
  void info(std::string_view message) const { write(WEIR_LOG_INFO, message); }
  void warn(std::string_view message) const { write(WEIR_LOG_WARN, message); }
  void error(std::string_view message) const { write(WEIR_LOG_ERROR, message); }

 private:
  void write(std::uint32_t level, std::string_view message) const {
    if (log_ != nullptr) log_->write(log_->context, level, detail::text_of(message));
  }
  const weir_log* log_;
};

// A counter among the job's metrics. Captured by value.
class Counter final {
 public:
  Counter(const weir_host* host, std::string_view name, std::string_view doc)
      : metrics_(detail::find_service<weir_metrics>(host, WEIR_METRICS_SERVICE)) {
    if (metrics_ == nullptr) return;
    id_ = metrics_->counter(metrics_->context, detail::text_of(name), detail::text_of(doc));
  }

  void add(std::uint64_t amount = 1) const {
    if (metrics_ != nullptr) metrics_->add(metrics_->context, id_, amount);
  }

 private:
  const weir_metrics* metrics_;
  std::uint32_t id_ = 0;
};

// The host's clock, for connectors. A test may stop it.
class Clock final {
 public:
  explicit Clock(const weir_host* host)
      : clock_(detail::find_service<weir_clock>(host, WEIR_CLOCK_SERVICE)) {}

  // 1970 when the host has no clock.
  Time now() const { return clock_ != nullptr ? Time{clock_->now(clock_->context)} : Time{}; }

 private:
  const weir_clock* clock_;
};

// A set of ids that jobs.toml connects to its source. Captured by value.
class Pool final {
 public:
  Pool(const weir_host* host, std::string_view name)
      : pool_(detail::find_service<weir_pool>(host, WEIR_POOL_SERVICE)) {
    if (pool_ != nullptr) id_ = pool_->open(pool_->context, detail::text_of(name));
  }

  bool contains(std::string_view id) const {
    const weir_text text = detail::text_of(id);
    std::uint8_t found = 0;
    contains(&text, 1, &found);
    return found != 0;
  }

  // One call for many ids, all judged by the same content of the pool: found[i] = 1 or 0.
  void contains(const weir_text* ids, std::uint32_t count, std::uint8_t* found) const {
    if (pool_ == nullptr || id_ == UINT32_MAX) {
      std::fill_n(found, count, std::uint8_t{0});
    } else {
      pool_->contains(pool_->context, id_, ids, count, found);
    }
  }

 private:
  const weir_pool* pool_;
  std::uint32_t id_ = UINT32_MAX;
};

}  // namespace v1
}  // namespace weir
