#include "job/job_services.h"

#include <algorithm>
#include <fstream>
#include <utility>

#include <boost/unordered/unordered_flat_set.hpp>

#include "base/format.h"

namespace weir {
namespace {

// Lets the set be asked with a view.
struct TextHash {
  using is_transparent = void;
  std::size_t operator()(std::string_view text) const {
    return std::hash<std::string_view>()(text);
  }
};

using TextSet = boost::unordered_flat_set<std::string, TextHash, std::equal_to<>>;

Result<TextSet> read_ids(const std::filesystem::path& path) {
  std::ifstream file(path);
  if (!file) return Error(ErrorKind::Unavailable, "cannot open the file of ids: " + path.string());
  TextSet ids;
  for (std::string line; std::getline(file, line);) {
    if (!line.empty() && line.back() == '\r') line.pop_back();
    if (!line.empty()) ids.insert(line);
  }
  if (file.bad()) return Error(ErrorKind::Unavailable, "cannot read " + path.string());
  return ids;
}

}  // namespace

struct JobServices::Pool {
  std::string name;
  TextSet ids;
};

JobServices::JobServices(Log log, const Clock& clock) : log_(std::move(log)), clock_(clock) {}
JobServices::~JobServices() = default;

Result<std::shared_ptr<JobServices>> JobServices::open(const std::vector<PoolSpec>& pools,
                                                       Log log,
                                                       const Clock& clock) {
  std::shared_ptr<JobServices> services(new JobServices(std::move(log), clock));
  for (const PoolSpec& pool : pools) {
    auto ids = read_ids(pool.path);
    if (!ids) return std::move(ids).error().during("pool " + pool.name);
    services->pools_.push_back({pool.name, *std::move(ids)});
  }
  return services;
}

void JobServices::log(LogLevel level, std::string_view message) {
  log_.write(level, message);
}

std::uint32_t JobServices::counter(std::string_view name, std::string_view doc) {
  return counters_.find_or_make(name, doc);
}

void JobServices::add(std::uint32_t counter, std::uint64_t amount) {
  counters_.add(counter, amount);
}

std::int64_t JobServices::now() {
  return clock_.wall_now().time_since_epoch().count();
}

std::uint32_t JobServices::open_pool(std::string_view name) {
  for (std::size_t i = 0; i < pools_.size(); ++i) {
    if (pools_[i].name == name) return static_cast<std::uint32_t>(i);
  }
  return UINT32_MAX;
}

void JobServices::pool_contains(std::uint32_t pool,
                                const weir_text* ids,
                                std::uint32_t count,
                                std::uint8_t* found) {
  if (pool >= pools_.size()) {
    std::fill_n(found, count, std::uint8_t{0});
    return;
  }
  const TextSet& known = pools_[pool].ids;
  for (std::uint32_t i = 0; i < count; ++i) {
    found[i] = known.contains(std::string_view(ids[i].data, ids[i].size)) ? 1 : 0;
  }
}

}  // namespace weir
