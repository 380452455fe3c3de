#include "consumption.h"

#include <algorithm>
#include <cmath>

using namespace std::chrono_literals;

namespace video {
namespace {

// Up to here sums of whole numbers are exact.
constexpr double kExact = 9'007'199'254'740'992.0;
constexpr std::int64_t kScoreMax = 9'007'199'254'740'992;

}  // namespace

void MinuteCounts::add(const Play& play) {
  switch (play.action) {
    case PlayAction::View:
      ++views;
      watched_ms += play.watched_ms;
      add_viewer(viewers, play.user_id);
      return;
    case PlayAction::Like: ++likes; return;
    case PlayAction::Share: ++shares; return;
  }
}

void MinuteCounts::merge(const MinuteCounts& other) {
  views += other.views;
  likes += other.likes;
  shares += other.shares;
  watched_ms += other.watched_ms;
  merge_viewers(viewers, other.viewers);
}

std::int64_t score(const VideoMinute& minute, Weights weights) {
  const auto views = static_cast<double>(minute.views);
  const double likes = static_cast<double>(weights.like) * static_cast<double>(minute.likes);
  const double shares = static_cast<double>(weights.share) * static_cast<double>(minute.shares);
  const double sum = views + likes + shares;
  if (std::abs(sum) >= kExact) return sum < 0 ? -kScoreMax : kScoreMax;
  return static_cast<std::int64_t>(sum);
}

void keep_hottest(std::vector<HotVideo>& videos, std::size_t count) {
  const auto hotter = [](const HotVideo& a, const HotVideo& b) {
    return a.score != b.score ? a.score > b.score
                              : std::string_view(a.video_id) < std::string_view(b.video_id);
  };
  const auto kept = std::min(count, videos.size());
  std::partial_sort(
      videos.begin(), videos.begin() + static_cast<std::ptrdiff_t>(kept), videos.end(), hotter);
  videos.resize(kept);
  for (std::size_t i = 0; i < kept; ++i)
    videos[i].rank = static_cast<std::int32_t>(i + 1);
}

std::vector<HotVideo> hottest(weir::Rows<VideoMinute> minutes,
                              weir::Window window,
                              std::size_t count,
                              Weights weights) {
  std::vector<HotVideo> videos;
  videos.reserve(minutes.size());
  for (const VideoMinute& minute : minutes) {
    videos.push_back({.topic = minute.topic,
                      .video_id = minute.video_id,
                      .window_start = window.start,
                      .window_end = window.end,
                      .rank = 0,
                      .score = score(minute, weights)});
  }
  keep_hottest(videos, count);
  return videos;
}

void define_consumption(weir::Flow& flow) {
  flow.doc("what is watched of the pool of videos, and what is hot?");
  const auto top =
      flow.param("top", 10, "videos for each topic and minute in the list of hot ones");
  const auto like =
      flow.param("like_weight", 5, "what a like counts in the score; a view counts 1");
  const auto share = flow.param("share_weight", 10, "what a share counts in the score");
  const auto pool = flow.pool("watched");

  auto minutes =
      flow.source<Play>("plays")
          .event_time(&Play::tm, weir::out_of_order(5s))
          .filter("in-pool", [pool](const Play& play) { return pool.contains(play.video_id); })
          .key_by("video", &Play::topic, &Play::video_id)
          .window("per-minute", weir::tumbling(1min))
          .aggregate<MinuteCounts>(
              [](MinuteCounts& counts, const Play& play) { counts.add(play); },
              [](MinuteCounts& into, const MinuteCounts& from) { into.merge(from); },
              [](const auto& key,
                 weir::Window window,
                 const MinuteCounts& counts,
                 weir::Out<VideoMinute> out) {
                const auto& [topic, video_id] = key;
                out({.video_id = video_id,
                     .topic = topic,
                     .window_start = window.start,
                     .window_end = window.end,
                     .views = counts.views,
                     .likes = counts.likes,
                     .shares = counts.shares,
                     .viewers = count_viewers(counts.viewers),
                     .watched_ms = counts.watched_ms});
              });

  minutes.sink("minutes");
  minutes.key_by("topic", &VideoMinute::topic)
      .window("top", weir::tumbling(1min))
      .rows([top, like, share](const auto&,
                               weir::Window window,
                               weir::Rows<VideoMinute> rows,
                               weir::Out<HotVideo> out) {
        const Weights weights{.like = like, .share = share};
        const auto count = static_cast<std::size_t>(std::max<std::int64_t>(top, 0));
        for (const HotVideo& hot : hottest(rows, window, count, weights))
          out(hot);
      })
      .sink("hot");
}

}  // namespace video
