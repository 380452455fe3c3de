// Source connector `video-sim`: see README.md.

#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

#include <weir/sdk.h>

#include "pace.h"
#include "story.h"

namespace {

using namespace std::chrono_literals;
using video_sim::Story;
using video_sim::StoryOptions;

struct VideoOptions {
  std::int64_t seed = 1;
  std::int64_t videos = 20'000;
  std::int64_t viewers = 100'000;
  std::int64_t per_second = 2'000;
  double speed = 1.0;
  weir::Duration history = 10min;
  std::int64_t start_ms = 0;
  std::int64_t records = 0;
};
WEIR_OPTIONS(VideoOptions,
             (seed, "the story: the same seed tells the same one"),
             (videos, "how many videos there are"),
             (viewers, "how many users there are"),
             (per_second, "plays in a second of event time"),
             (speed,
              "event seconds per second until the story has caught up; 0: as fast as it is read"),
             (history, "how long before now the story begins"),
             (start_ms, "when the story begins, ms UTC; 0: by history"),
             (records, "ends after so many messages; 0: never"))

class Reader final : public weir::SplitReader {
 public:
  Reader(StoryOptions story, video_sim::Pace pace, std::int64_t records_max, std::int64_t position)
      : story_(story), pace_(pace), records_max_(records_max) {
    while (position_ < position)
      tell();
  }

  bool poll(std::uint32_t messages_max, const weir::Intake& intake) override {
    const std::int64_t now = pace_.now();
    for (std::uint32_t taken = 0;
         taken < messages_max && !has_ended() && story_.next_arrival() <= now;
         ++taken) {
      const std::int64_t arrives = story_.next_arrival();
      tell();
      intake({.key = {},
              .value = message_,
              .offset = position_ - 1,
              .timestamp = weir::Time{arrives}});
    }
    return !has_ended();
  }

  std::int64_t position() const noexcept override { return position_; }

 private:
  bool has_ended() const { return records_max_ > 0 && position_ >= records_max_; }
  void tell() {
    story_.next(message_);
    ++position_;
  }

  Story story_;
  video_sim::Pace pace_;
  std::int64_t records_max_;
  std::int64_t position_ = 0;  // messages told
  std::string message_;
};

class VideoSource final : public weir::SourceConnector {
 public:
  using Options = VideoOptions;

  VideoSource(const Options& options, const weir::ConnectorContext& context)
      : options_(options), clock_(context.clock()) {
    for (const std::int64_t count : {options.videos, options.viewers, options.per_second}) {
      if (count < 1 || count > 10'000'000) {
        throw std::invalid_argument("videos, viewers and per_second must be 1 to 10000000");
      }
    }
    if (!(options.speed >= 0)) throw std::invalid_argument("speed must not be negative");
  }

  std::vector<std::string> splits() const override { return {"all"}; }

  std::unique_ptr<weir::SplitReader> open(std::uint32_t,
                                          std::optional<std::int64_t> position) override {
    const std::int64_t start = options_.start_ms > 0
                                   ? options_.start_ms
                                   : video_sim::start_of_story(clock_, options_.history);
    const StoryOptions story{.seed = static_cast<std::uint64_t>(options_.seed),
                             .start = start,
                             .videos = static_cast<std::uint32_t>(options_.videos),
                             .viewers = static_cast<std::uint32_t>(options_.viewers),
                             .per_second = static_cast<std::uint32_t>(options_.per_second)};
    return std::make_unique<Reader>(story,
                                    video_sim::Pace(clock_, start, options_.speed),
                                    options_.records,
                                    position.value_or(0));
  }

 private:
  Options options_;
  weir::Clock clock_;
};

}  // namespace

WEIR_PLUGIN("video-sim", "1.0.0") {
  source_connector<VideoSource>("video-sim",
                                {.doc = "people watching short videos, some of which become hot"});
}
