// The stream of plays as clients report them, and the statistics made of it.
#pragma once

#include <weir/sdk.h>

#include <cstdint>

namespace video {

WEIR_ENUM(PlayAction, View, Like, Share)

struct Play {
  weir::Time tm;
  weir::Text user_id, video_id, author_id, topic;
  PlayAction action;
  std::int32_t watched_ms;
};
WEIR_RECORD(Play, tm, user_id, video_id, author_id, topic, action, watched_ms)

// One video of one topic in one minute.
struct VideoMinute {
  weir::Text video_id, topic;
  weir::Time window_start, window_end;
  std::int64_t views, likes, shares;
  std::int64_t viewers;     // different users who viewed; estimated (viewer_sketch.h)
  std::int64_t watched_ms;
};
WEIR_RECORD(VideoMinute, video_id, topic, window_start, window_end, views, likes, shares, viewers, watched_ms)

// A video among the first of its topic in one minute.
struct HotVideo {
  weir::Text topic, video_id;
  weir::Time window_start, window_end;
  std::int32_t rank;        // 1 is the hottest
  std::int64_t score;
};
WEIR_RECORD(HotVideo, topic, video_id, window_start, window_end, rank, score)

}  // namespace video
