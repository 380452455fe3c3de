#pragma once

#include <vector>

#include "connectors/connector.h"
#include "plugin/description.h"

namespace weir {

// What jobs.toml may say to a connector of a plugin: its parameters, none of which is required.
std::vector<OptionSpec> options_of(const ConnectorDescription& connector);

}  // namespace weir
