#pragma once

#include <string_view>

namespace weir {

// Of this host: "0.1.0".
std::string_view weir_version();

}  // namespace weir
