// 1.2: counts the views that lasted. A new field in the state and in the rows of a minute.
#pragma once

#include "viewers.h"

namespace video_versions {
namespace v1_2 {

// As before, and `finished`.
struct VideoMinute {
  weir::Text video_id, topic;
  weir::Time window_start, window_end;
  std::int64_t views, likes, shares, viewers, watched_ms, finished;
};
WEIR_RECORD(VideoMinute,
            video_id,
            topic,
            window_start,
            window_end,
            views,
            likes,
            shares,
            viewers,
            watched_ms,
            finished)

struct MinuteCounts {
  std::int64_t views = 0, likes = 0, shares = 0, watched_ms = 0;
  video::ViewerSketch viewers = video::empty_sketch();
  std::int64_t finished = 0;  // New: views of at least half a minute.
};
WEIR_STATE(MinuteCounts, 2, views, likes, shares, watched_ms, viewers, finished)

}  // namespace v1_2

// What the state has in common with that of 1.0.
template <class Counts>
auto fields_of_first(Counts& counts) {
  return std::tie(counts.views, counts.likes, counts.shares, counts.watched_ms, counts.viewers);
}

struct Rules1_2 : Rules1_1 {
  using Counts = v1_2::MinuteCounts;
  using Minute = v1_2::VideoMinute;
  static constexpr std::int32_t kFinishedMs = 30'000;

  static void add(Counts& counts, const Play& play) {
    Rules1_1::Counts first = as_first(counts);
    Rules1_1::add(first, play);
    fields_of_first(counts) = fields_of_first(first);
    if (play.action == video::PlayAction::View && play.watched_ms >= kFinishedMs) ++counts.finished;
  }

  static void merge(Counts& into, const Counts& from) {
    Rules1_1::Counts first = as_first(into);
    Rules1_1::merge(first, as_first(from));
    fields_of_first(into) = fields_of_first(first);
    into.finished += from.finished;
  }

  static Minute to_minute(const Counts& counts) {
    return {.video_id = {},
            .topic = {},
            .window_start = {},
            .window_end = {},
            .views = counts.views,
            .likes = counts.likes,
            .shares = counts.shares,
            .viewers = video::count_viewers(counts.viewers),
            .watched_ms = counts.watched_ms,
            .finished = counts.finished};
  }

  static std::int64_t score(const Minute& minute, Weights weights) {
    return video::score({.video_id = {},
                         .topic = {},
                         .window_start = {},
                         .window_end = {},
                         .views = minute.viewers,
                         .likes = minute.likes,
                         .shares = minute.shares,
                         .viewers = minute.viewers,
                         .watched_ms = minute.watched_ms},
                        weights);
  }

  static Rules1_1::Counts as_first(const Counts& counts) {
    Rules1_1::Counts first;
    fields_of_first(first) = fields_of_first(counts);
    return first;
  }
};

}  // namespace video_versions
