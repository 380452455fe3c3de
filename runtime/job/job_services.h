#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <weir/abi.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/named_counts.h"
#include "base/result.h"
#include "config/spec.h"
#include "plugin/plugin.h"

namespace weir {

// What one job's functions may ask for: log lines with the job's name, counters, the time, and
// the pools of ids that its entry connects.
class JobServices final : public PluginServices {
 public:
  // Reads the pools. Unavailable: a file is away that was there when the entry was checked, so
  // somebody is about to replace it. The log's sink and the clock outlive the services.
  static Result<std::shared_ptr<JobServices>> open(const std::vector<PoolSpec>& pools,
                                                   Log log,
                                                   const Clock& clock);
  ~JobServices() override;

  // Safe from any thread.
  void log(LogLevel level, std::string_view message) override;
  std::uint32_t counter(std::string_view name, std::string_view doc) override;
  void add(std::uint32_t counter, std::uint64_t amount) override;
  std::int64_t now() override;
  std::uint32_t open_pool(std::string_view name) override;
  void pool_contains(std::uint32_t pool,
                     const weir_text* ids,
                     std::uint32_t count,
                     std::uint8_t* found) override;

  std::vector<NamedCount> counters() const { return counters_.read(); }

 private:
  struct Pool;
  JobServices(Log log, const Clock& clock);

  Log log_;
  const Clock& clock_;
  std::vector<Pool> pools_;  // Never changes once open.
  NamedCounts counters_;
};

}  // namespace weir
