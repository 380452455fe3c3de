// Connectors of C++ through the tables of the ABI.

#include <gmock/gmock.h>
#include <weir/testing.h>

namespace {

using ::testing::ElementsAre;

struct TapeOptions {
  std::string word = "tick";
  std::int64_t count = 3;
  bool breaks = false;
  double speed = 1.5;
  weir::Duration pause = 2s;
};
WEIR_OPTIONS(TapeOptions, (word, "what it says"), count, breaks, speed, pause)

class TapeReader final : public weir::SplitReader {
 public:
  TapeReader(const TapeOptions& options, std::int64_t next) : options_(options), next_(next) {}

  bool poll(std::uint32_t messages_max, const weir::Intake& intake) override {
    if (options_.breaks) throw std::runtime_error("the tape is torn");
    for (std::uint32_t i = 0; i < messages_max && next_ < options_.count; ++i, ++next_) {
      const std::string value = options_.word + std::to_string(next_);
      intake({.key = "k", .value = value, .offset = next_, .timestamp = {}});
    }
    return next_ < options_.count;
  }
  std::int64_t position() const noexcept override { return next_; }

 private:
  TapeOptions options_;
  std::int64_t next_;
};

class Tape final : public weir::SourceConnector {
 public:
  using Options = TapeOptions;
  Tape(const Options& options, const weir::ConnectorContext& context) : options_(options) {
    if (context.port() != "tape") throw std::invalid_argument("only for port tape");
  }
  std::vector<std::string> splits() const override { return {"a", "b"}; }
  std::unique_ptr<weir::SplitReader> open(std::uint32_t,
                                          std::optional<std::int64_t> position) override {
    return std::make_unique<TapeReader>(options_, position.value_or(0));
  }

 private:
  Options options_;
};

class Paper final : public weir::SinkConnector {
 public:
  using Options = weir::NoOptions;
  Paper(const Options&, const weir::ConnectorContext&) {}

  std::size_t write(std::span<const weir::Message> messages) override {
    const std::size_t taken = std::min<std::size_t>(messages.size(), 2);
    written_ += taken;
    return taken;
  }
  bool flush() override {
    // Cut in the middle of a letter if at all.
    if (written_ > 3) throw std::runtime_error(std::string(WEIR_ERROR_MESSAGE_MAX - 1, 'x') + "ß");
    return written_ > 2;
  }

 private:
  std::size_t written_ = 0;
};

struct LoudOptions {
  std::int64_t Volume = 3;
};
WEIR_OPTIONS(LoudOptions, Volume)

class Loud final : public weir::SinkConnector {
 public:
  using Options = LoudOptions;
  Loud(const Options&, const weir::ConnectorContext&) {}
  std::size_t write(std::span<const weir::Message> messages) override { return messages.size(); }
  bool flush() override { return true; }
};

class Shouting final : public weir::detail::PluginBuilder {
 public:
  using PluginBuilder::PluginBuilder;
  void define() override { sink_connector<Loud>("loud", weir::Delivery::AtLeastOnce, {}); }
};

class Office final : public weir::detail::PluginBuilder {
 public:
  using PluginBuilder::PluginBuilder;
  void define() override {
    source_connector<Tape>("tape", {.doc = "old", .has_own_threads = true});
    sink_connector<Paper>("paper", weir::Delivery::Idempotent, {});
  }
};

struct Collected : weir_intake {
  std::vector<std::string> values;
  Collected() : weir_intake{} {
    take = [](weir_intake* self, const weir_message* messages, std::uint32_t count) noexcept {
      for (std::uint32_t i = 0; i < count; ++i) {
        const auto* bytes = reinterpret_cast<const char*>(messages[i].value.data);
        static_cast<Collected*>(self)->values.emplace_back(bytes, messages[i].value.size);
      }
    };
  }
};

weir_text text(std::string_view text) {
  return {text.data(), text.size()};
}

std::string message(const weir_error& error) {
  return {error.message, error.message_size};
}

class ConnectorTest : public ::testing::Test {
 protected:
  ConnectorTest() : office_("office", "1.0.0"), plugin_(office_.open(&error_)) {
    const weir_source_connector& tape = *plugin_->source_connectors[0];
    for (std::uint32_t i = 0; i < tape.parameter_count; ++i) {
      values_.push_back(tape.parameters[i]->default_value);
    }
  }

  weir_source_instance* create_source() {
    const weir_source_connector* tape = plugin_->source_connectors[0];
    weir_source_instance* made = nullptr;
    EXPECT_EQ(tape->create(tape, nullptr, text("tape"), values_.data(), &made, &error_), WEIR_OK);
    return made;
  }

  Office office_;
  weir_error error_{};
  const weir_plugin* plugin_;
  std::vector<weir_value> values_;
};

TEST_F(ConnectorTest, DescribesItsOptions) {
  const weir_source_connector& tape = *plugin_->source_connectors[0];

  ASSERT_EQ(tape.parameter_count, 5u);
  EXPECT_EQ(tape.flags, WEIR_OWN_THREADS);
  EXPECT_EQ(values_[0].type, WEIR_TEXT);
  EXPECT_EQ(values_[1].type, WEIR_I64);
  EXPECT_EQ(values_[2].type, WEIR_BOOL);
  EXPECT_EQ(values_[3].number, 1.5);
  EXPECT_EQ(values_[4].type, WEIR_DURATION);
  EXPECT_EQ(values_[4].integer, 2'000);
}

TEST_F(ConnectorTest, ReadsASplitFromAPosition) {
  weir_source_instance* source = create_source();
  weir_split_reader* reader = nullptr;
  Collected collected;
  std::uint32_t ended = 0;

  ASSERT_EQ(source->open(source->self, 1, 1, &reader, &error_), WEIR_OK);
  EXPECT_EQ(reader->poll(reader->self, 1, &collected, &ended, &error_), WEIR_OK);
  EXPECT_EQ(ended, 0u);
  EXPECT_EQ(reader->position(reader->self), 2);
  EXPECT_EQ(reader->poll(reader->self, 9, &collected, &ended, &error_), WEIR_OK);
  EXPECT_EQ(ended, 1u);
  reader->destroy(reader->self);
  source->destroy(source->self);

  EXPECT_THAT(collected.values, ElementsAre("tick1", "tick2"));
}

TEST_F(ConnectorTest, TellsWhatAReaderThrew) {
  values_[2].integer = 1;
  weir_source_instance* source = create_source();
  weir_split_reader* reader = nullptr;
  Collected collected;
  std::uint32_t ended = 0;

  ASSERT_EQ(source->open(source->self, 0, -1, &reader, &error_), WEIR_OK);
  EXPECT_EQ(reader->poll(reader->self, 1, &collected, &ended, &error_), WEIR_FAILED);
  reader->destroy(reader->self);
  source->destroy(source->self);

  EXPECT_EQ(message(error_), "the tape is torn");
}

TEST_F(ConnectorTest, TellsWhatItsConstructorThrew) {
  const weir_source_connector* tape = plugin_->source_connectors[0];
  weir_source_instance* made = nullptr;

  EXPECT_EQ(tape->create(tape, nullptr, text("disk"), values_.data(), &made, &error_), WEIR_FAILED);

  EXPECT_EQ(message(error_), "only for port tape");
}

TEST_F(ConnectorTest, SinkTakesPartAndIsAskedAgain) {
  const weir_sink_connector* paper = plugin_->sink_connectors[0];
  EXPECT_EQ(paper->delivery, WEIR_IDEMPOTENT);
  weir_sink_instance* sink = nullptr;
  ASSERT_EQ(paper->create(paper, nullptr, text("out"), nullptr, &sink, &error_), WEIR_OK);
  weir_message messages[3] = {};
  for (weir_message& each : messages)
    each.struct_size = sizeof(each);
  std::uint32_t taken = 0;

  EXPECT_EQ(sink->write(sink->self, messages, 3, &taken, &error_), WEIR_AGAIN);
  EXPECT_EQ(taken, 2u);
  EXPECT_EQ(sink->flush(sink->self, &error_), WEIR_AGAIN);
  EXPECT_EQ(sink->write(sink->self, messages + 2, 1, &taken, &error_), WEIR_OK);
  EXPECT_EQ(sink->flush(sink->self, &error_), WEIR_OK);
  EXPECT_EQ(sink->write(sink->self, messages + 2, 1, &taken, &error_), WEIR_OK);
  EXPECT_EQ(sink->flush(sink->self, &error_), WEIR_FAILED);
  sink->destroy(sink->self);

  EXPECT_EQ(message(error_), std::string(WEIR_ERROR_MESSAGE_MAX - 1, 'x'));
}

TEST(Connector, HasOptionsThatTheHostTakes) {
  Shouting plugin("shouting", "1.0.0");
  weir_error error{};

  EXPECT_EQ(plugin.open(&error), nullptr);

  EXPECT_EQ(message(error),
            "connector loud: parameter \"Volume\": a name is made of a-z, 0-9, _, - and ., at "
            "most 128 of them");
}

}  // namespace
