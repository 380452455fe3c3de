// The host as a plugin sees it.
#pragma once

#include <memory>

#include <weir/abi.h>

#include "plugin/plugin.h"

namespace weir {

// The tables through which one job reaches its services. Lives as long as the instance it was given
// to; does not move.
class HostTables final {
 public:
  // Without services, a plugin finds none.
  explicit HostTables(std::shared_ptr<PluginServices> services);
  HostTables(const HostTables&) = delete;
  HostTables& operator=(const HostTables&) = delete;

  const weir_host* host() const { return &host_; }

 private:
  static const void* find_service(void* context, weir_text id) noexcept;

  std::shared_ptr<PluginServices> services_;
  weir_host host_{};
  weir_log log_{};
  weir_metrics metrics_{};
  weir_clock clock_{};
  weir_pool pool_{};
};

}  // namespace weir
