// Plugins and connectors as they are described, without a single library: what jobs files of the
// tests may name.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "config/load.h"

namespace weir {

// "classroom" 1.4.0 with the jobs "enter" and "courseware", and the source connector
// "plugin:lesson-schedule".
PluginDescription classroom_plugin();

// "video" 0.3.1 with the job "consumption", which needs the pool "videos".
PluginDescription video_plugin();

// "kafka" (source and sink), "file" (both), "blackhole" (sink).
std::vector<std::unique_ptr<Connector>> known_connectors();

}  // namespace weir
