// Job "consumption" as a frame that versions fill, and version 1.0 as the first filling: the
// functions of plugins/video themselves. A later version derives from the one before it and says
// what it changes.
#pragma once

#include <algorithm>
#include <tuple>
#include <vector>

#include <weir/sdk.h>

#include "consumption.h"

namespace video_versions {

using video::HotVideo;
using video::Play;
using video::Weights;

struct Rules1_0 {
  using Counts = video::MinuteCounts;
  using Minute = video::VideoMinute;
  static constexpr weir::Duration kWindow = 1min;

  static void add(Counts& counts, const Play& play) { counts.add(play); }
  static void merge(Counts& into, const Counts& from) { into.merge(from); }
  static Minute to_minute(const Counts& counts) {
    return {.video_id = {},
            .topic = {},
            .window_start = {},
            .window_end = {},
            .views = counts.views,
            .likes = counts.likes,
            .shares = counts.shares,
            .viewers = video::count_viewers(counts.viewers),
            .watched_ms = counts.watched_ms};
  }
  static std::int64_t score(const Minute& minute, Weights weights) {
    return video::score(minute, weights);
  }
};

template <class Rules>
void define_hot(weir::Flow& flow, const weir::Stream<typename Rules::Minute>& minutes) {
  using Minute = typename Rules::Minute;
  const auto top =
      flow.param("top", 10, "videos for each topic and minute in the list of hot ones");
  const auto like =
      flow.param("like_weight", 5, "what a like counts in the score; a view counts 1");
  const auto share = flow.param("share_weight", 10, "what a share counts in the score");

  minutes.key_by("topic", &Minute::topic)
      .window("top", weir::tumbling(Rules::kWindow))
      .rows(
          [top, like, share](
              const auto&, weir::Window window, weir::Rows<Minute> rows, weir::Out<HotVideo> out) {
            std::vector<HotVideo> videos;
            for (const Minute& minute : rows) {
              videos.push_back({.topic = minute.topic,
                                .video_id = minute.video_id,
                                .window_start = window.start,
                                .window_end = window.end,
                                .rank = 0,
                                .score = Rules::score(minute, {.like = like, .share = share})});
            }
            video::keep_hottest(videos, static_cast<std::size_t>(std::max<std::int64_t>(top, 0)));
            for (const HotVideo& hot : videos)
              out(hot);
          })
      .sink("hot");
}

template <class Rules>
void define_consumption(weir::Flow& flow) {
  using Counts = typename Rules::Counts;
  using Minute = typename Rules::Minute;
  flow.doc("what is watched of the pool of videos, and what is hot?");
  const auto pool = flow.pool("watched");

  auto minutes =
      flow.source<Play>("plays")
          .event_time(&Play::tm, weir::out_of_order(5s))
          .filter("in-pool", [pool](const Play& play) { return pool.contains(play.video_id); })
          .key_by("video", &Play::topic, &Play::video_id)
          .window("per-minute", weir::tumbling(Rules::kWindow))
          .template aggregate<Counts>(
              [](Counts& counts, const Play& play) { Rules::add(counts, play); },
              [](Counts& into, const Counts& from) { Rules::merge(into, from); },
              [](const auto& key,
                 weir::Window window,
                 const Counts& counts,
                 weir::Out<Minute> out) {
                Minute minute = Rules::to_minute(counts);
                std::tie(minute.topic, minute.video_id) = key;
                minute.window_start = window.start;
                minute.window_end = window.end;
                out(minute);
              });

  minutes.sink("minutes");
  define_hot<Rules>(flow, minutes);
}

}  // namespace video_versions

// WEIR_VIDEO("1.1.0", Rules1_1): the plugin with that filling.
#define WEIR_VIDEO(version, Rules)                                 \
  WEIR_PLUGIN("video", version) {                                  \
    job("consumption", video_versions::define_consumption<Rules>); \
  }
