#include "finished.h"

namespace {

// 1.3: every two minutes.
struct Rules1_3 : video_versions::Rules1_2 {
  static constexpr weir::Duration kWindow = 2min;
};

}  // namespace

WEIR_VIDEO("1.3.0", Rules1_3)
