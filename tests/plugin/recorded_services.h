// Services that remember what a plugin asked for.
#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "plugin/plugin.h"

namespace weir {

class RecordedServices final : public PluginServices {
 public:
  void log(LogLevel, std::string_view message) override { lines.emplace_back(message); }
  std::uint32_t counter(std::string_view name, std::string_view) override {
    counters.emplace(name, 0);
    names.emplace_back(name);
    return static_cast<std::uint32_t>(names.size() - 1);
  }
  void add(std::uint32_t counter, std::uint64_t amount) override {
    counters[names.at(counter)] += amount;
  }
  std::int64_t now() override { return time; }
  std::uint32_t open_pool(std::string_view name) override {
    opened_pools.emplace_back(name);
    return 0;
  }
  void pool_contains(std::uint32_t,
                     const weir_text* ids,
                     std::uint32_t count,
                     std::uint8_t* found) override {
    for (std::uint32_t i = 0; i < count; ++i) {
      found[i] = pool.count(std::string(ids[i].data, ids[i].size)) > 0 ? 1 : 0;
    }
  }

  std::vector<std::string> lines;
  std::vector<std::string> names;
  std::map<std::string, std::uint64_t> counters;
  std::vector<std::string> opened_pools;
  std::set<std::string> pool;
  std::int64_t time = 0;
};

}  // namespace weir
