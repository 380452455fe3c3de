// What a plugin's description looks like to people and to programs.
#pragma once

#include <string>

#include "plugin/description.h"

namespace weir {

// The default of a parameter as jobs.toml would write it.
std::string value_text(const Parameter& parameter);

// "i32", "enum (a, b)", "text, optional".
std::string type_text(const Field& field);

// Windows, keys, times: what an operator has beside its name. "30s tumbling".
std::string details_text(const OperatorDescription& op);

std::string plugin_json(const PluginDescription& plugin);
std::string record_json(const RecordSchema& record);

}  // namespace weir
