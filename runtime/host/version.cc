#include "host/version.h"

namespace weir {

std::string_view weir_version() {
  return WEIR_VERSION;
}

}  // namespace weir
