// The rules for the graph of one job. Part of check_description().
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "plugin/description.h"

namespace weir {

Status check_graph(const JobDescription& job);

// [a-z0-9_.-]+, the alphabet of everything that stands in jobs.toml, paths and metrics.
bool is_name(std::string_view name);

// For messages: in quotation marks, with anything unprintable replaced.
std::string quoted(std::string_view text);

}  // namespace weir
