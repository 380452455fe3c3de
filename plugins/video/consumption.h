// Job "consumption": what is watched of the videos in the operators' pool, and what is hot.
#pragma once

#include <cstdint>
#include <vector>

#include <weir/sdk.h>

#include "records.h"
#include "viewer_sketch.h"

namespace video {

struct MinuteCounts {
  std::int64_t views = 0, likes = 0, shares = 0, watched_ms = 0;
  ViewerSketch viewers = empty_sketch();

  void add(const Play& play);
  void merge(const MinuteCounts& other);
};
WEIR_STATE(MinuteCounts, 1, views, likes, shares, watched_ms, viewers)

struct Weights {
  std::int64_t like = 5;
  std::int64_t share = 10;
};

// A view counts 1; likes and shares count more. At most 2^53, whatever the weights are.
std::int64_t score(const VideoMinute& minute, Weights weights);

// Leaves the `count` videos with the highest scores, ties by id; row i gets rank i + 1.
void keep_hottest(std::vector<HotVideo>& videos, std::size_t count);

// These of the videos of one window.
std::vector<HotVideo> hottest(weir::Rows<VideoMinute> minutes,
                              weir::Window window,
                              std::size_t count,
                              Weights weights);

void define_consumption(weir::Flow& flow);

}  // namespace video
