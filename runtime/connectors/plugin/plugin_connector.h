#pragma once

#include <memory>
#include <string_view>

#include "base/clock.h"
#include "base/log.h"
#include "connectors/connector.h"
#include "plugin/plugin.h"

namespace weir {

// The connector `plugin:NAME`: source connector, sink connector or both of that name in a plugin;
// its options are their parameters. NotFound when the plugin has none. `clock` and the sink of
// `log` outlive the connector and all it opened; `log` speaks for the connector, and for a job once
// a port is opened.
Result<std::unique_ptr<Connector>> make_plugin_connector(std::shared_ptr<const Plugin> plugin,
                                                         std::string_view name,
                                                         const Log& log,
                                                         const Clock& clock);

}  // namespace weir
