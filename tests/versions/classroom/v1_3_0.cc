#include "shaky.h"

namespace {

// 1.3: judged once a minute.
struct Rules1_3 : classroom_versions::Rules1_2 {
  static constexpr const char* kName = "1.3";
  static constexpr weir::Duration kWindow = 60s;
};

}  // namespace

WEIR_CLASSROOM("1.3.0", Rules1_3)
