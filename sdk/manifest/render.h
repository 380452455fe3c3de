// The manifest of a plugin: its descriptor as one JSON object.
#pragma once

#include <string>

#include <weir/abi.h>

namespace weir::manifest {

// `plugin` is what weir_plugin_open_v1 of a library just built returned; what is wrong in it beyond
// its shape is found by the host. Equal descriptors give equal text.
std::string render(const weir_plugin& plugin);

}  // namespace weir::manifest
