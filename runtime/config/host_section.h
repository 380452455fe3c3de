// `[host]` and `[kafka.NAME]`. Inside this folder only.
#pragma once

#include <map>
#include <string>

#include "config/load_context.h"
#include "config/spec.h"

namespace weir {

// The host's section needs no context: it says where plugins are.
HostSpec read_host(TableReader& file, const std::filesystem::path& folder);

std::map<std::string, ClusterSpec, std::less<>> read_clusters(TableReader& file,
                                                              LoadContext& context);

}  // namespace weir
