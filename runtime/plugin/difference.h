// Compares what a manifest says with what the library says.
#pragma once

#include <optional>
#include <string>

#include "plugin/description.h"

namespace weir {

// Where the two differ first, for a message; nothing when they say the same.
std::optional<std::string> first_difference(const PluginDescription& manifest,
                                            const PluginDescription& library);

}  // namespace weir
