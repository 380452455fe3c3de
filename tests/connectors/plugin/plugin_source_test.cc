#include "connectors/plugin/plugin_source.h"

#include <array>
#include <cstring>
#include <deque>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <gmock/gmock.h>

#include "connectors/ports/recorded_intake.h"

namespace weir::plugin_port {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

weir_text text_of(const std::string& text) {
  return {text.data(), text.size()};
}

weir_message message_of(const std::string& value, std::int64_t offset) {
  return {.struct_size = sizeof(weir_message),
          .reserved = 0,
          .key = {},
          .value = {reinterpret_cast<const std::uint8_t*>(value.data()), value.size()},
          .offset = offset,
          .timestamp = 1000 + offset};
}

// What one split of the plugin does when it is polled; the default hands over its messages.
struct FakeSplit {
  std::string name;
  std::vector<std::string> values;
  std::size_t next = 0;
  std::function<weir_status(weir_intake*, std::uint32_t*, weir_error*)> behaviour;
  std::vector<std::string>* log = nullptr;
  std::int64_t fixed_position = 0;
  weir_split_reader table{};

  static weir_status poll(void* self,
                          std::uint32_t messages_max,
                          weir_intake* intake,
                          std::uint32_t* ended,
                          weir_error* error) noexcept {
    auto& split = *static_cast<FakeSplit*>(self);
    if (split.behaviour) return split.behaviour(intake, ended, error);
    std::vector<weir_message> messages;
    for (; split.next < split.values.size() && messages.size() < messages_max; ++split.next) {
      messages.push_back(
          message_of(split.values[split.next], static_cast<std::int64_t>(split.next)));
    }
    intake->take(intake, messages.data(), static_cast<std::uint32_t>(messages.size()));
    *ended = split.next == split.values.size() ? 1 : 0;
    return WEIR_OK;
  }
};

// A source connector as a plugin would make it, with levers.
class FakeSource final {
 public:
  FakeSource() {
    table.struct_size = sizeof(table);
    table.self = this;
    table.open = &open;
    table.quiesce = [](void* self) noexcept { note(self, "quiesce"); };
    table.destroy = [](void* self) noexcept { note(self, "destroy"); };
  }

  FakeSplit& add(std::string name, std::vector<std::string> values = {}) {
    FakeSplit& split = splits.emplace_back();
    split.name = std::move(name);
    split.values = std::move(values);
    split.log = &log;
    split.table = {.struct_size = sizeof(weir_split_reader),
                   .reserved = 0,
                   .self = &split,
                   .poll = &FakeSplit::poll,
                   .position =
                       [](void* self) noexcept {
                         const auto& of = *static_cast<FakeSplit*>(self);
                         return of.fixed_position != 0 ? of.fixed_position
                                                       : static_cast<std::int64_t>(of.next);
                       },
                   .destroy =
                       [](void* self) noexcept {
                         const auto& of = *static_cast<FakeSplit*>(self);
                         of.log->push_back("destroy " + of.name);
                       }};
    names.push_back(text_of(split.name));
    table.splits = names.data();
    table.split_count = static_cast<std::uint32_t>(names.size());
    return split;
  }

  static void note(void* self, const char* what) {
    static_cast<FakeSource*>(self)->log.emplace_back(what);
  }

  static weir_status open(void* self,
                          std::uint32_t split,
                          std::int64_t position,
                          weir_split_reader** reader,
                          weir_error* error) noexcept {
    auto& source = *static_cast<FakeSource*>(self);
    FakeSplit& chosen = source.splits[split];
    source.log.push_back("open " + chosen.name + " at " + std::to_string(position));
    if (source.open_fails) {
      std::strcpy(error->message, "no such lesson");
      error->message_size = 14;
      return WEIR_FAILED;
    }
    if (position >= 0) chosen.next = static_cast<std::size_t>(position);
    *reader = source.opens_nothing ? nullptr : &chosen.table;
    return WEIR_OK;
  }

  weir_source_instance table{};
  std::deque<FakeSplit> splits;
  std::vector<weir_text> names;
  std::vector<std::string> log;
  bool open_fails = false;
  bool opens_nothing = false;
};

class PluginSource : public testing::Test {
 protected:
  using Readers = std::vector<std::unique_ptr<SourceReader>>;

  Result<Readers> open_readers(std::size_t count, const std::vector<SplitPosition>& restored = {}) {
    TRY(auto instance, SourceInstance::take(&fake_.table, true, "plugin:fake", nullptr));
    plugin_port::PluginSource source(std::move(instance), std::make_shared<NamedCounts>());
    return source.open_readers(count, restored);
  }

  Readers open(std::size_t count = 1, const std::vector<SplitPosition>& restored = {}) {
    return open_readers(count, restored).value();
  }

  std::string open_error() {
    auto readers = open_readers(1);
    return readers ? "none" : readers.error().text();
  }

  // The first error of a split that behaves so.
  std::string poll_error(
      std::function<weir_status(weir_intake*, std::uint32_t*, weir_error*)> behaviour) {
    FakeSource fresh;
    fresh.add("a").behaviour = std::move(behaviour);
    auto instance = SourceInstance::take(&fresh.table, false, "plugin:fake", nullptr).value();
    plugin_port::PluginSource source(std::move(instance), std::make_shared<NamedCounts>());
    auto readers = source.open_readers(1, {}).value();
    tests::RecordedIntake intake;
    auto outcome = readers[0]->poll(2, intake);
    return outcome ? "none" : outcome.error().text();
  }

  FakeSource fake_;
};

TEST_F(PluginSource, HandsOverMessagesWithSplitOffsetAndTime) {
  fake_.add("a", {"one", "two"});
  const auto readers = open();

  tests::RecordedIntake intake;
  EXPECT_EQ(readers[0]->poll(10, intake).value(), 2u);
  EXPECT_THAT(intake.values(), ElementsAre("one", "two"));
  EXPECT_EQ(intake.records[1].offset, 1);
  EXPECT_EQ(intake.records[1].timestamp, 1001);
  EXPECT_TRUE(readers[0]->has_ended());
}

TEST_F(PluginSource, SplitsGoRoundTheReadersAndTakeTurns) {
  for (const char* name : {"a", "b", "c"})
    fake_.add(name, {std::string(name) + "1", std::string(name) + "2"});
  const auto readers = open(2);
  ASSERT_EQ(readers[0]->splits().size(), 2u);
  EXPECT_EQ(readers[0]->splits()[1].name, "c");

  tests::RecordedIntake intake;
  while (!readers[0]->has_ended())
    ASSERT_TRUE(readers[0]->poll(1, intake));

  EXPECT_THAT(intake.values(), ElementsAre("a1", "c1", "a2", "c2"));
}

TEST_F(PluginSource, TellsAnEmptyKeyFromNone) {
  fake_.add("a").behaviour = [](weir_intake* intake, std::uint32_t* ended, weir_error*) {
    const std::string value = "v";
    std::array messages = {message_of(value, 0), message_of(value, 1)};
    messages[0].key = {messages[0].value.data, 0};
    intake->take(intake, messages.data(), 2);
    *ended = 1;
    return WEIR_OK;
  };
  const auto readers = open(1);

  tests::RecordedIntake intake;
  ASSERT_TRUE(readers[0]->poll(10, intake));

  ASSERT_EQ(intake.records.size(), 2u);
  EXPECT_TRUE(intake.records[0].has_key);
  EXPECT_FALSE(intake.records[1].has_key);
}

TEST_F(PluginSource, PassesPositionsThere) {
  fake_.add("a", {"one", "two", "three"});
  fake_.add("b", {"one"});
  const auto readers = open(1, {{"a", 2}, {"gone", 7}});
  EXPECT_THAT(fake_.log, ElementsAre("open a at 2", "open b at -1"));
  EXPECT_EQ(readers[0]->positions()[0].position, 2);

  tests::RecordedIntake intake;
  ASSERT_TRUE(readers[0]->poll(10, intake));

  EXPECT_THAT(intake.values(), ElementsAre("three"));
  EXPECT_EQ(readers[0]->positions()[0].position, 3);
  EXPECT_EQ(readers[0]->positions()[1].position, 0);
}

TEST_F(PluginSource, DestroysReadersThenQuiescesThenDestroysTheInstance) {
  fake_.add("a");
  fake_.add("b");
  open(2);

  EXPECT_THAT(
      fake_.log,
      ElementsAre("open a at -1", "open b at -1", "destroy a", "destroy b", "quiesce", "destroy"));
}

TEST_F(PluginSource, ASourceWithoutSplitsHasEnded) {
  EXPECT_TRUE(open()[0]->has_ended());
}

TEST_F(PluginSource, TakesMessagesOfANewerMinor) {
  struct Newer {
    weir_message message;
    std::uint64_t more[2];
  };
  const std::string first = "one";
  const std::string second = "two";
  std::vector<Newer> messages = {{message_of(first, 0), {}}, {message_of(second, 1), {}}};
  for (Newer& newer : messages)
    newer.message.struct_size = sizeof(Newer);
  fake_.add("a").behaviour = [&](weir_intake* intake, std::uint32_t*, weir_error*) {
    intake->take(intake, &messages[0].message, 2);
    return WEIR_OK;
  };
  const auto readers = open();

  tests::RecordedIntake intake;
  ASSERT_TRUE(readers[0]->poll(10, intake));
  EXPECT_THAT(intake.values(), ElementsAre("one", "two"));
}

TEST_F(PluginSource, NothingNowIsNoError) {
  fake_.add("a").behaviour = [](weir_intake*, std::uint32_t* ended, weir_error*) {
    *ended = 1;  // Counts only with WEIR_OK.
    return WEIR_AGAIN;
  };
  const auto readers = open();

  tests::RecordedIntake intake;
  EXPECT_EQ(readers[0]->poll(10, intake).value(), 0u);
  EXPECT_FALSE(readers[0]->has_ended());
}

TEST_F(PluginSource, SaysWhatIsWrongWithAnInstance) {
  EXPECT_EQ(SourceInstance::take(nullptr, false, "", nullptr).error().text(),
            "plugin: no source instance was returned");
  fake_.add("a");
  fake_.table.struct_size = 8;
  EXPECT_EQ(open_error(), "plugin: source instance has struct_size 8, need at least 48");
  fake_.table.struct_size = sizeof(fake_.table);
  fake_.table.open = nullptr;
  EXPECT_EQ(open_error(), "plugin: no function open");
}

TEST_F(PluginSource, SaysWhatIsWrongWithSplits) {
  fake_.add("a");
  fake_.add("a");
  EXPECT_EQ(open_error(), "plugin: two splits have the name a");
  fake_.names[1].data = nullptr;
  EXPECT_EQ(open_error(), "plugin: split 1 has no name of 1 to 4096 bytes");
  fake_.table.splits = nullptr;
  EXPECT_EQ(open_error(), "plugin: no names of splits");
  fake_.table.split_count = 4'000'000'000;
  EXPECT_EQ(open_error(), "plugin: 4000000000 splits, at most 65536");
}

TEST_F(PluginSource, SaysWhyASplitCannotBeOpened) {
  fake_.add("a");
  fake_.open_fails = true;
  EXPECT_EQ(open_error(), "plugin: open split a of connector plugin:fake: no such lesson");
  fake_.open_fails = false;
  fake_.opens_nothing = true;
  EXPECT_EQ(open_error(),
            "plugin: open split a of connector plugin:fake: no split reader was returned");
  fake_.opens_nothing = false;
  fake_.splits[0].table.poll = nullptr;
  fake_.log.clear();
  EXPECT_EQ(open_error(), "plugin: open split a of connector plugin:fake: no function poll");
  EXPECT_THAT(fake_.log, ElementsAre("open a at -1", "destroy a", "quiesce", "destroy"));
}

TEST_F(PluginSource, ContainsWhatBreaksTheContract) {
  const std::string place = "plugin: poll split a of connector plugin:fake: ";
  const std::string value = "v";
  const weir_message good = message_of(value, 0);
  const auto take = [](weir_message message) {
    return [message](weir_intake* intake, std::uint32_t*, weir_error*) {
      intake->take(intake, &message, 1);
      return WEIR_OK;
    };
  };
  weir_message no_value = good;
  no_value.value.data = nullptr;
  weir_message huge_key = good;
  huge_key.key = {good.value.data, UINT64_MAX};
  weir_message small = good;
  small.struct_size = 16;

  EXPECT_EQ(poll_error(take(no_value)), place + "handed over a message whose value cannot be read");
  EXPECT_EQ(poll_error(take(huge_key)), place + "handed over a message whose key cannot be read");
  EXPECT_EQ(poll_error(take(small)), place + "handed over a message with a wrong struct_size");
  EXPECT_EQ(poll_error([](weir_intake* intake, std::uint32_t*, weir_error*) {
              intake->take(intake, nullptr, 3);
              return WEIR_OK;
            }),
            place + "handed over no messages, but a count");
  EXPECT_EQ(poll_error([&](weir_intake* intake, std::uint32_t*, weir_error*) {
              for (int i = 0; i < 3; ++i)
                intake->take(intake, &good, 1);
              return WEIR_OK;
            }),
            place + "handed over more messages than asked for");
  EXPECT_EQ(poll_error([](weir_intake*, std::uint32_t*, weir_error*) { return 77; }),
            place + "returned status 77");
  EXPECT_EQ(poll_error([](weir_intake*, std::uint32_t*, weir_error* error) {
              std::memset(error->message, 'x', sizeof error->message);
              error->message_size = UINT32_MAX;
              return WEIR_FAILED;
            }),
            place + std::string(WEIR_ERROR_MESSAGE_MAX, 'x'));
}

TEST_F(PluginSource, RefusesThePositionThatStandsForTheBeginning) {
  fake_.add("a", {"one"}).fixed_position = -1;

  EXPECT_EQ(open_error(),
            "plugin: open split a of connector plugin:fake: position -1, negative ones stand "
            "for the beginning");
}

}  // namespace
}  // namespace weir::plugin_port
