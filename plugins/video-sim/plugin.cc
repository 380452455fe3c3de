// Source connector `video-sim`: see README.md.

#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

#include <pace/pace.h>
#include <weir/sdk.h>

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

struct ReaderOptions {
  double speed;
  std::optional<std::int64_t> records_max;
  bool is_start_given;
  pace::Place place;
};

class Reader final : public weir::SplitReader {
 public:
  Reader(Story story, const ReaderOptions& options, weir::Clock clock)
      : story_(std::move(story)),
        records_max_(options.records_max),
        is_start_given_(options.is_start_given),
        place_(options.place),
        pace_(clock, tell_again(), options.speed) {}

  bool poll(std::uint32_t messages_max, const weir::Intake& intake) override {
    const std::int64_t now = pace_.now();
    for (std::uint32_t taken = 0;
         taken < messages_max && !has_ended() && story_.next_arrival() <= now;
         ++taken) {
      const std::int64_t arrives = story_.next_arrival();
      story_.next(message_);
      ++place_.told;
      intake({.key = {},
              .value = message_,
              .offset = place_.told - 1,
              .timestamp = weir::Time{arrives}});
    }
    return !has_ended();
  }

  std::int64_t position() const noexcept override { return place_.position(is_start_given_); }

 private:
  // What was told before; returns how far the story has got.
  std::int64_t tell_again() {
    for (std::int64_t told = 0; told < place_.told; ++told)
      story_.next(message_);
    return place_.told == 0 ? place_.start : story_.next_arrival();
  }

  bool has_ended() const { return records_max_ && place_.told >= *records_max_; }

  Story story_;
  std::optional<std::int64_t> records_max_;
  bool is_start_given_;
  pace::Place place_;
  std::string message_;
  pace::Pace pace_;
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
    pace::check_speed(options.speed);
    for (const std::int64_t number : {options.history.count(), options.start_ms, options.records}) {
      if (number < 0)
        throw std::invalid_argument("history, start_ms and records must not be negative");
    }
  }

  std::vector<std::string> splits() const override { return {"all"}; }

  std::unique_ptr<weir::SplitReader> open(std::uint32_t,
                                          std::optional<std::int64_t> position) override {
    const auto place = pace::Place::at(
        position, options_.start_ms, pace::start_of_story(clock_, options_.history));
    const StoryOptions story{.seed = static_cast<std::uint64_t>(options_.seed),
                             .start = place.start,
                             .videos = static_cast<std::uint32_t>(options_.videos),
                             .viewers = static_cast<std::uint32_t>(options_.viewers),
                             .per_second = static_cast<std::uint32_t>(options_.per_second)};
    std::optional<std::int64_t> records_max;
    if (options_.records > 0) records_max = options_.records;
    return std::make_unique<Reader>(Story(story),
                                    ReaderOptions{.speed = options_.speed,
                                                  .records_max = records_max,
                                                  .is_start_given = options_.start_ms > 0,
                                                  .place = place},
                                    clock_);
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
