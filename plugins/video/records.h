// The stream of plays as clients report them, and the statistics made of it.
#pragma once

#include <cstdint>

#include <weir/sdk.h>

namespace video {

enum class PlayAction : std::int32_t { View, Like, Share };
WEIR_ENUM(PlayAction, View, Like, Share)

struct Play {
  weir::Time tm;
  weir::Text user_id, video_id, author_id, topic;
  PlayAction action;
  std::int32_t watched_ms;
};
WEIR_RECORD(Play,
            (tm, "", "when it happened, by the client's clock"),
            (user_id, "", "who watches"),
            (video_id, "", "the video"),
            (author_id, "", "who published it"),
            (topic, "", "what it is about, one for each video"),
            (action, "", "what the user did"),
            (watched_ms, "ms", "how long it played"))

// One video of one topic in one minute.
struct VideoMinute {
  weir::Text video_id, topic;
  weir::Time window_start, window_end;
  std::int64_t views, likes, shares;
  std::int64_t viewers;     // different users who viewed; estimated (viewer_sketch.h)
  std::int64_t watched_ms;  // of the views
};
WEIR_RECORD(VideoMinute,
            (video_id, "", "the video"),
            (topic, "", "what it is about, one for each video"),
            (window_start, "", "first millisecond of the minute"),
            (window_end, "", "first millisecond after the minute"),
            (views, "", "plays"),
            (likes, "", ""),
            (shares, "", ""),
            (viewers, "users", "different users who viewed, estimated"),
            (watched_ms, "ms", "all plays together"))

// A video among the first of its topic in one minute.
struct HotVideo {
  weir::Text topic, video_id;
  weir::Time window_start, window_end;
  std::int32_t rank;  // 1 is the hottest
  std::int64_t score;
};
WEIR_RECORD(HotVideo,
            (topic, "", "what it is about, one for each video"),
            (video_id, "", "the video"),
            (window_start, "", "first millisecond of the minute"),
            (window_end, "", "first millisecond after the minute"),
            (rank, "", "1 is the hottest of its topic"),
            (score, "", "views and weighted likes and shares"))

}  // namespace video
