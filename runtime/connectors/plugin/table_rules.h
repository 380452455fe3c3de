// What a connector of a plugin hands over is checked before it is used.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <weir/abi.h>

#include "base/result.h"

namespace weir::plugin_port {

Status check_source(const weir_source_instance* instance);
Status check_reader(const weir_split_reader* reader);
Status check_sink(const weir_sink_instance* instance);

// The names of the splits: unique, not empty, UTF-8 or not.
Result<std::vector<std::string>> split_names(const weir_source_instance& instance);

// For a status that is neither WEIR_OK nor one the caller expects.
Error failure(weir_status status, const weir_error& error);
weir_error fresh_error();

}  // namespace weir::plugin_port
