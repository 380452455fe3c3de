// Source connector `classroom-sim`: see README.md.

#include <algorithm>
#include <chrono>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

#include <pace/pace.h>
#include <weir/sdk.h>

#include "story.h"

namespace {

using namespace std::chrono_literals;
using classroom_sim::Story;
using classroom_sim::StoryOptions;
using classroom_sim::Stream;

struct ClassroomOptions {
  std::int64_t seed = 1;
  std::int64_t lessons = 50;
  double speed = 1.0;
  weir::Duration history = 10min;
  std::int64_t start_ms = 0;
  std::int64_t records = 0;
  std::int64_t splits = 2;
};
WEIR_OPTIONS(ClassroomOptions,
             (seed, "the story: the same seed tells the same one"),
             (lessons, "lessons at the same time"),
             (speed,
              "event seconds per second until the story has caught up; 0: as fast as it is read"),
             (history, "how long before now the story begins"),
             (start_ms, "when the story begins, ms UTC; 0: by history"),
             (records, "ends after so many messages of this port; 0: never"),
             (splits, "parts the lessons are divided into, read independently"))

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

class ClassroomSource final : public weir::SourceConnector {
 public:
  using Options = ClassroomOptions;

  ClassroomSource(const Options& options, const weir::ConnectorContext& context)
      : options_(options), clock_(context.clock()) {
    if (!classroom_sim::parse_stream(context.port(), stream_)) {
      throw std::invalid_argument("classroom-sim has no stream " + context.port() +
                                  "; it has enter, signal, av, courseware, teacher and student");
    }
    if (options.splits < 1 || options.splits > 64)
      throw std::invalid_argument("splits must be 1 to 64");
    if (options.lessons < 1 || options.lessons > 100'000)
      throw std::invalid_argument("lessons must be 1 to 100000");
    pace::check_speed(options.speed);
    for (const std::int64_t number : {options.history.count(), options.start_ms, options.records}) {
      if (number < 0)
        throw std::invalid_argument("history, start_ms and records must not be negative");
    }
  }

  std::vector<std::string> splits() const override {
    std::vector<std::string> names;
    for (std::int64_t part = 0; part < options_.splits; ++part)
      names.push_back("part-" + std::to_string(part));
    return names;
  }

  std::unique_ptr<weir::SplitReader> open(std::uint32_t split,
                                          std::optional<std::int64_t> position) override {
    const auto place = pace::Place::at(
        position, options_.start_ms, pace::start_of_story(clock_, options_.history));
    const auto parts = static_cast<std::uint32_t>(options_.splits);
    const StoryOptions story{.seed = static_cast<std::uint64_t>(options_.seed),
                             .start = place.start,
                             .lessons = static_cast<std::uint32_t>(options_.lessons),
                             .part = split,
                             .parts = parts};
    std::optional<std::int64_t> share;
    if (options_.records > 0)
      share = (options_.records + options_.splits - 1 - split) / options_.splits;
    return std::make_unique<Reader>(Story(stream_, story),
                                    ReaderOptions{.speed = options_.speed,
                                                  .records_max = share,
                                                  .is_start_given = options_.start_ms > 0,
                                                  .place = place},
                                    clock_);
  }

 private:
  Options options_;
  weir::Clock clock_;
  Stream stream_{};
};

}  // namespace

WEIR_PLUGIN("classroom-sim", "1.0.0") {
  source_connector<ClassroomSource>(
      "classroom-sim", {.doc = "an online school: clients that enter, talk, draw, fail and retry"});
}
