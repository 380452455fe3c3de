// A small plugin for tests: `words` counts words, `kinds` has one operator of every kind, and two
// connectors stand for those of other plugins.
#include <weir/sdk.h>

namespace {

enum class Mood : std::int32_t { Calm, Happy, Angry };
WEIR_ENUM(Mood, Calm, Happy, Angry)

struct Line {
  weir::Time at;
  weir::Text text;
};
WEIR_RECORD(Line, (at, "ms", "when it was written"), text)

struct Word {
  weir::Text word;
};
WEIR_RECORD(Word, word)

struct Total {
  std::int64_t count = 0;
};
WEIR_STATE(Total, 1, count)

struct WordCount {
  weir::Text word;
  weir::Time window_start;
  std::int64_t count;
};
WEIR_RECORD(WordCount, word, window_start, count)

void words(weir::Flow& flow) {
  flow.doc("how often each word comes in ten seconds");
  const auto longest = flow.param("longest", 100, "longer words are not counted, in bytes");
  flow.source<Line>("lines")
      .event_time(&Line::at, weir::out_of_order(1s))
      .flat_map("split",
                [longest](const Line& line, weir::Out<Word> out) {
                  std::string_view rest = line.text;
                  while (!rest.empty()) {
                    const auto size = std::min(rest.find(' '), rest.size());
                    const auto word = rest.substr(0, size);
                    rest.remove_prefix(std::min(size + 1, rest.size()));
                    if (!word.empty() && static_cast<std::int64_t>(word.size()) <= longest) {
                      out({.word = word});
                    }
                  }
                })
      .key_by("word", &Word::word)
      .window("counts", weir::tumbling(10s))
      .aggregate<Total>(
          [](Total& total, const Word&) { ++total.count; },
          [](const auto& key, weir::Window window, const Total& total, weir::Out<WordCount> out) {
            const auto& [word] = key;
            out({word, window.start, total.count});
          })
      .sink("totals");
}

struct Place {
  std::int32_t row;
  std::int32_t seat;
};
WEIR_RECORD(Place, row, seat)

// Has a field of every type.
struct Event {
  weir::Time at;
  weir::Text user;
  std::int32_t room;
  Mood mood;
  bool is_teacher;
  std::int8_t i8;
  std::int16_t i16;
  std::int64_t i64;
  std::uint8_t u8;
  std::uint16_t u16;
  std::uint32_t u32;
  std::uint64_t u64;
  float f32;
  double f64;
  weir::Bytes payload;
  weir::InlineText<14> tag;
  Place place;
  weir::Optional<std::int32_t> score;
  weir::Optional<weir::Text> note;
};
WEIR_RECORD(Event,
            at,
            user,
            room,
            mood,
            is_teacher,
            i8,
            i16,
            i64,
            u8,
            u16,
            u32,
            u64,
            f32,
            f64,
            payload,
            tag,
            place,
            score,
            note)

struct Mean {
  std::int64_t sum = 0;
  std::int32_t count = 0;
  weir::Optional<std::int32_t> best;
  weir::InlineText<14> last_tag;
  Mood worst = Mood::Calm;
};
WEIR_STATE(Mean, 3, sum, count, best, last_tag, worst)

struct Score {
  std::int32_t room;
  weir::Text user;
  weir::Time window_end;
  double mean;
  std::int64_t rows;
  weir::Optional<weir::Text> note;
};
WEIR_RECORD(Score, room, user, window_end, mean, rows, note)

void merge_means(Mean& into, const Mean& from) {
  into.sum += from.sum;
  into.count += from.count;
  if (from.best && *from.best > into.best.value_or(INT32_MIN)) into.best = from.best;
  if (into.last_tag.view() < from.last_tag.view()) into.last_tag = from.last_tag;
  into.worst = std::max(into.worst, from.worst);
}

// Throws on a row that asks for it, after it changed the accumulator.
void add_event(Mean& mean, const Event& event) {
  mean.sum += event.score.value_or(0);
  mean.count += 1;
  if (event.user == "throw-in-add!") throw std::runtime_error("add: asked to throw");
  if (event.score && *event.score > mean.best.value_or(INT32_MIN)) mean.best = event.score;
  if (mean.last_tag.view() < event.tag.view()) mean.last_tag = event.tag;
  mean.worst = std::max(mean.worst, event.mood);
}

// Filter, map and flat_map: drops, counts and renames events.
weir::Stream<Event> prepared(weir::Flow& flow, weir::Stream<Event> events) {
  const auto minimum = flow.param("minimum", 0, "events with a lower room are not wanted");
  const auto suffix = flow.param("suffix", "!", "is put behind every user's name");
  const auto banned = flow.pool("banned");
  const auto seen = flow.counter("events_seen", "events that passed the map");
  return events
      .filter("wanted",
              [minimum, banned](const Event& event) {
                if (event.user == "throw-in-filter") {
                  throw std::runtime_error("filter: asked to throw");
                }
                return event.room >= minimum && !banned.contains(event.user);
              })
      .map("counted",
           [seen](const Event& event) {
             if (event.user == "throw-in-map") throw std::runtime_error("map: asked to throw");
             seen.add();
             return event;
           })
      .flat_map("renamed", [suffix](const Event& event, weir::Out<Event> out) {
        Event renamed = event;
        const std::string name = event.user.copy() + *suffix;
        renamed.user = name;
        out(renamed);
      });
}

void kinds(weir::Flow& flow) {
  flow.doc("one operator of every kind");
  flow.param("enabled", true, "a flag");
  flow.param("ratio", 0.5, "a number");
  flow.param("wait", 30s, "a duration");
  const auto left = flow.source<Event>("left").event_time(&Event::at, weir::out_of_order(2s));
  const auto right = flow.source<Event>("right").event_time(&Event::at, weir::in_order());
  const auto all = prepared(flow, flow.unite("all", left, right));

  all.key_by("by-room", &Event::room, &Event::user)
      .window("means", weir::sliding(10s, 5s))
      .allowed_lateness(5s)
      .aggregate<Mean>(
          &add_event,
          &merge_means,
          [](const auto& key, weir::Window window, const Mean& mean, weir::Out<Score> out) {
            const auto& [room, user] = key;
            const double average = double(mean.sum) / mean.count;
            out({room, user, window.end, average, mean.count, weir::Text(mean.last_tag)});
          })
      .sink("scores");

  all.key_by("by-user", [](const Event& event) { return weir::key(event.user); })
      .window("last", weir::tumbling(10s))
      .rows([](const auto& key, weir::Window window, weir::Rows<Event> rows, weir::Out<Score> out) {
        const auto& [user] = key;
        out({rows.back().room, user, window.end, 0, std::int64_t(rows.size()), rows.back().note});
      })
      .sink("last-events");

  flow.cogroup("together",
               left.key_by("teachers", &Event::room),
               right.key_by("students", &Event::room),
               weir::sliding(30s, 15s),
               [](const auto& key,
                  weir::Window window,
                  weir::Rows<Event> teacher,
                  weir::Rows<Event> student,
                  weir::Out<Score> out) {
                 const auto& [room] = key;
                 const auto rows = std::int64_t(teacher.size() + student.size());
                 out({room, "both", window.end, 0, rows, {}});
               })
      .sink("pairs");
}

struct CountingOptions {
  std::int64_t messages = 10;
  std::string prefix = "line";
};
WEIR_OPTIONS(CountingOptions, (messages, "how many each split has"), (prefix, "starts each text"))

// Two splits of JSON lines with a growing time.
class Counting final : public weir::SourceConnector {
 public:
  using Options = CountingOptions;
  Counting(const Options& options, const weir::ConnectorContext&) : options_(options) {}

  std::vector<std::string> splits() const override { return {"first", "second"}; }

  std::unique_ptr<weir::SplitReader> open(std::uint32_t split,
                                          std::optional<std::int64_t> position) override {
    return std::make_unique<Reader>(options_, split, position.value_or(0));
  }

 private:
  class Reader final : public weir::SplitReader {
   public:
    Reader(const Options& options, std::uint32_t split, std::int64_t next)
        : options_(options), split_(split), next_(next) {}

    bool poll(std::uint32_t messages_max, const weir::Intake& intake) override {
      for (std::uint32_t i = 0; i < messages_max && next_ < options_.messages; ++i, ++next_) {
        const std::string line = R"({"at":)" + std::to_string(next_ * 1000) + R"(,"text":")" +
                                 options_.prefix + " " + std::to_string(split_) + R"("})";
        intake({.key = {}, .value = line, .offset = next_, .timestamp = weir::Time{next_ * 1000}});
      }
      return next_ < options_.messages;
    }

    std::int64_t position() const noexcept override { return next_; }

   private:
    Options options_;
    std::uint32_t split_;
    std::int64_t next_;
  };

  Options options_;
};

// Counts messages; takes at most four at once.
class Counted final : public weir::SinkConnector {
 public:
  using Options = weir::NoOptions;
  Counted(const Options&, const weir::ConnectorContext& context)
      : counter_(context.counter("written", "messages")) {}

  std::size_t write(std::span<const weir::Message> messages) override {
    const std::size_t taken = std::min<std::size_t>(messages.size(), 4);
    counter_.add(taken);
    return taken;
  }
  bool flush() override { return std::exchange(has_been_asked_, true); }

 private:
  weir::Counter counter_;
  bool has_been_asked_ = false;
};

}  // namespace

WEIR_PLUGIN("minimal", "1.0.0") {
  doc("for tests");
  job("words", words);
  job("kinds", kinds);
  source_connector<Counting>("counting", {.doc = "two splits of numbered lines"});
  sink_connector<Counted>("counted", weir::Delivery::AtLeastOnce, {.doc = "counts messages"});
}
