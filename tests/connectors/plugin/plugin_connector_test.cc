// Connectors of a plugin that was built with the SDK, through a loaded library.

#include "connectors/plugin/plugin_connector.h"

#include <array>
#include <memory>
#include <string>
#include <vector>

#include <gmock/gmock.h>

#include "connectors/ports/recorded_intake.h"
#include "fakes/manual_clock.h"
#include "fakes/recorded_log.h"

namespace weir {
namespace {

using testing::ElementsAre;
using testing::UnorderedElementsAre;

class PluginConnector : public testing::Test {
 protected:
  PluginConnector() : plugin_(Plugin::load(WEIR_TEST_PLUGINS "/libports.so").value()) {}

  Result<std::unique_ptr<Connector>> make(std::string_view name) {
    return make_plugin_connector(plugin_, name, Log(log_, "host"), clock_);
  }

  static PortRequest request(Options options = {}) {
    return {.job = "job", .port = "enter", .options = std::move(options), .clusters = {}};
  }

  fakes::RecordedLog log_;
  fakes::ManualClock clock_{WallTime(std::chrono::milliseconds(1234))};
  std::shared_ptr<const Plugin> plugin_;
};

TEST_F(PluginConnector, OffersTheParametersAsOptions) {
  const auto numbers = make("numbers").value();
  EXPECT_EQ(numbers->name(), "plugin:numbers");
  EXPECT_TRUE(numbers->has_source());
  EXPECT_FALSE(numbers->has_sink());

  std::vector<std::pair<std::string, OptionType>> options;
  for (const auto& option : numbers->source_options())
    options.emplace_back(option.name, option.type);

  EXPECT_THAT(options,
              ElementsAre(std::pair("count", OptionType::Integer),
                          std::pair("prefix", OptionType::Text),
                          std::pair("factor", OptionType::Number),
                          std::pair("throws", OptionType::Boolean),
                          std::pair("pause", OptionType::Duration)));
  EXPECT_EQ(numbers->source_options()[1].doc, "stands before each");
}

TEST_F(PluginConnector, ReadsWithTheValuesOfTheRequestAndDefaults) {
  const auto numbers = make("numbers").value();
  auto source =
      numbers->open_source(request({{"count", std::int64_t{2}}, {"factor", 10.0}})).value();
  const auto readers = source->open_readers(1, {}).value();

  tests::RecordedIntake intake;
  while (!readers[0]->has_ended())
    ASSERT_TRUE(readers[0]->poll(100, intake));

  EXPECT_THAT(intake.values(),
              UnorderedElementsAre("enter-a:n0", "enter-a:n10", "enter-b:n0", "enter-b:n10"));
  EXPECT_THAT(log_.lines(), ElementsAre("info [plugin:numbers] job: pause 5000 at 1234"));
}

TEST_F(PluginConnector, LivesOnWhenConnectorAndPluginAreLetGo) {
  auto source = make("numbers").value()->open_source(request()).value();
  plugin_.reset();
  const auto readers = source->open_readers(1, {{{"enter-b", 2}}}).value();
  source.reset();

  tests::RecordedIntake intake;
  while (!readers[0]->has_ended())
    ASSERT_TRUE(readers[0]->poll(100, intake));

  EXPECT_THAT(intake.values(), ElementsAre("enter-a:n0", "enter-a:n1", "enter-a:n2", "enter-b:n2"));
}

TEST_F(PluginConnector, TellsWhatThePluginThrew) {
  const auto numbers = make("numbers").value();

  EXPECT_EQ(numbers->open_source(request({{"count", std::int64_t{-1}}})).error().text(),
            "plugin: open connector plugin:numbers: count must not be negative");
  auto source = numbers->open_source(request({{"throws", true}})).value();
  EXPECT_EQ(source->open_readers(1, {}).error().text(),
            "plugin: open split enter-a of connector plugin:numbers: the lesson is over");
}

TEST_F(PluginConnector, WritesAndFlushes) {
  const auto picky = make("picky").value();
  auto sink = picky->open_sink(request()).value();
  EXPECT_EQ(sink->delivery(), Delivery::Idempotent);
  const auto writers = sink->open_writers(2).value();
  const std::array messages = {OutMessage{.key = {}, .value = "yes", .headers = {}},
                               OutMessage{.key = {}, .value = "no", .headers = {}},
                               OutMessage{.key = {}, .value = "throw", .headers = {}}};

  EXPECT_EQ(writers[0]->write(messages).value(), 1u);
  EXPECT_EQ(writers[1]->flush().value(), Flush::Pending);
  EXPECT_EQ(writers[1]->flush().value(), Flush::Complete);
  EXPECT_EQ(writers[0]->write(std::span(messages).subspan(2)).error().text(),
            "plugin: write of connector plugin:picky: did as told");
}

TEST_F(PluginConnector, ShowsWhatItsInstancesCount) {
  const auto source = make("numbers").value()->open_source(request()).value();
  ASSERT_EQ(source->counters().size(), 1u);
  EXPECT_EQ(source->counters()[0].name, "opened");
  EXPECT_EQ(source->counters()[0].doc, "times it was opened");
  EXPECT_EQ(source->counters()[0].value, 1u);

  const auto picky = make("picky").value();
  auto sink = picky->open_sink(request()).value();
  const auto writers = sink->open_writers(2).value();
  const std::array messages = {OutMessage{.key = {}, .value = "yes", .headers = {}},
                               OutMessage{.key = {}, .value = "maybe", .headers = {}}};
  ASSERT_EQ(writers[0]->write(messages).value(), 2u);
  ASSERT_EQ(writers[1]->write(messages).value(), 2u);

  ASSERT_EQ(sink->counters().size(), 1u);
  EXPECT_EQ(sink->counters()[0].value, 4u);
}

TEST_F(PluginConnector, SaysWhatThePluginDoesNotHave) {
  EXPECT_EQ(make("letters").error().text(), "not found: plugin ports has no connector letters");
  EXPECT_EQ(make("numbers").value()->open_sink(request()).error().text(),
            "invalid: plugin:numbers is no sink");
  EXPECT_EQ(make("picky").value()->open_source(request()).error().text(),
            "invalid: plugin:picky is no source");
}

}  // namespace
}  // namespace weir
