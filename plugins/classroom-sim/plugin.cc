// Source connector `classroom-sim`: see README.md.

#include <algorithm>
#include <chrono>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

#include <weir/sdk.h>

#include "pace.h"
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

class Reader final : public weir::SplitReader {
 public:
  Reader(Stream stream,
         StoryOptions story,
         classroom_sim::Pace pace,
         std::int64_t records_max,
         std::int64_t position)
      : story_(stream, story), pace_(pace), records_max_(records_max) {
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
  classroom_sim::Pace pace_;
  std::int64_t records_max_;
  std::int64_t position_ = 0;  // messages told
  std::string message_;
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
    if (!(options.speed >= 0)) throw std::invalid_argument("speed must not be negative");
  }

  std::vector<std::string> splits() const override {
    std::vector<std::string> names;
    for (std::int64_t part = 0; part < options_.splits; ++part)
      names.push_back("part-" + std::to_string(part));
    return names;
  }

  std::unique_ptr<weir::SplitReader> open(std::uint32_t split,
                                          std::optional<std::int64_t> position) override {
    const std::int64_t start = options_.start_ms > 0
                                   ? options_.start_ms
                                   : classroom_sim::start_of_story(clock_, options_.history);
    const auto parts = static_cast<std::uint32_t>(options_.splits);
    const StoryOptions story{.seed = static_cast<std::uint64_t>(options_.seed),
                             .start = start,
                             .lessons = static_cast<std::uint32_t>(options_.lessons),
                             .part = split,
                             .parts = parts};
    const std::int64_t share = (options_.records + options_.splits - 1 - split) / options_.splits;
    return std::make_unique<Reader>(stream_,
                                    story,
                                    classroom_sim::Pace(clock_, start, options_.speed),
                                    share,
                                    position.value_or(0));
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
