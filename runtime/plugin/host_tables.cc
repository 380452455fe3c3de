#include "plugin/host_tables.h"

namespace weir {
namespace {

std::string_view view(weir_text text) {
  return {text.data, text.size};
}

PluginServices& services_at(void* context) {
  return *static_cast<PluginServices*>(context);
}

LogLevel level_of(std::uint32_t level) {
  switch (level) {
    case WEIR_LOG_DEBUG: return LogLevel::Debug;
    case WEIR_LOG_INFO: return LogLevel::Info;
    case WEIR_LOG_WARN: return LogLevel::Warning;
    default: return LogLevel::Error;
  }
}

void write_log(void* context, std::uint32_t level, weir_text message) noexcept {
  services_at(context).log(level_of(level), view(message));
}

std::uint32_t register_counter(void* context, weir_text name, weir_text doc) noexcept {
  return services_at(context).counter(view(name), view(doc));
}

void add_to_counter(void* context, std::uint32_t counter, std::uint64_t amount) noexcept {
  services_at(context).add(counter, amount);
}

std::int64_t now(void* context) noexcept {
  return services_at(context).now();
}

std::uint32_t open_pool(void* context, weir_text name) noexcept {
  return services_at(context).open_pool(view(name));
}

void pool_contains(void* context,
                   std::uint32_t pool,
                   const weir_text* ids,
                   std::uint32_t count,
                   std::uint8_t* found) noexcept {
  services_at(context).pool_contains(pool, ids, count, found);
}

}  // namespace

HostTables::HostTables(std::shared_ptr<PluginServices> services) : services_(std::move(services)) {
  host_.struct_size = sizeof(host_);
  host_.abi_major = WEIR_ABI_MAJOR;
  host_.abi_minor = WEIR_ABI_MINOR;
  host_.context = this;
  host_.service = &find_service;
  log_.struct_size = sizeof(log_);
  log_.context = services_.get();
  log_.write = &write_log;
  metrics_.struct_size = sizeof(metrics_);
  metrics_.context = services_.get();
  metrics_.counter = &register_counter;
  metrics_.add = &add_to_counter;
  clock_.struct_size = sizeof(clock_);
  clock_.context = services_.get();
  clock_.now = &now;
  pool_.struct_size = sizeof(pool_);
  pool_.context = services_.get();
  pool_.open = &open_pool;
  pool_.contains = &pool_contains;
}

const void* HostTables::find_service(void* context, weir_text id) noexcept {
  const auto& tables = *static_cast<const HostTables*>(context);
  if (tables.services_ == nullptr) return nullptr;
  const std::string_view name = view(id);
  if (name == WEIR_LOG_SERVICE) return &tables.log_;
  if (name == WEIR_METRICS_SERVICE) return &tables.metrics_;
  if (name == WEIR_CLOCK_SERVICE) return &tables.clock_;
  if (name == WEIR_POOL_SERVICE) return &tables.pool_;
  return nullptr;
}

}  // namespace weir
