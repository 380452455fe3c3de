// 1.1: who plays a video ten times makes it no hotter than who plays it once. Logic only: the
// states and rows are those of 1.0.
#pragma once

#include "first.h"

namespace video_versions {

struct Rules1_1 : Rules1_0 {
  static std::int64_t score(Minute minute, Weights weights) {
    minute.views = minute.viewers;
    return video::score(minute, weights);
  }
};

}  // namespace video_versions
