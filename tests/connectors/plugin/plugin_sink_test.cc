#include "connectors/plugin/plugin_sink.h"

#include <array>
#include <cstring>
#include <memory>
#include <string>
#include <vector>

#include <gmock/gmock.h>

namespace weir::plugin_port {
namespace {

using testing::ElementsAre;

// A sink instance as a plugin would make it, with levers. Answers WEIR_OK unless told otherwise.
class FakeSink final {
 public:
  FakeSink() {
    table.struct_size = sizeof(table);
    table.self = this;
    table.write = &write;
    table.flush = [](void* self, weir_error* error) noexcept {
      return answer(self, "flush", error);
    };
    table.quiesce = [](void* self) noexcept { of(self).log.emplace_back("quiesce"); };
    table.destroy = [](void* self) noexcept { of(self).log.emplace_back("destroy"); };
  }

  static FakeSink& of(void* self) { return *static_cast<FakeSink*>(self); }

  static weir_status answer(void* self, std::string call, weir_error* error) {
    FakeSink& sink = of(self);
    sink.log.push_back(std::move(call));
    std::strcpy(error->message, "disk is full");
    error->message_size = 12;
    return sink.next_status();
  }

  static weir_status write(void* self,
                           const weir_message* messages,
                           std::uint32_t count,
                           std::uint32_t* taken,
                           weir_error* error) noexcept {
    FakeSink& sink = of(self);
    const weir_status status = answer(self, "write", error);
    *taken = sink.claims_taken ? *sink.claims_taken : count;
    for (std::uint32_t i = 0; i < std::min(*taken, count); ++i) {
      const weir_bytes& value = messages[i].value;
      sink.log.emplace_back(reinterpret_cast<const char*>(value.data), value.size);
    }
    return status;
  }

  weir_status next_status() {
    if (statuses.empty()) return WEIR_OK;
    const weir_status status = statuses.front();
    statuses.erase(statuses.begin());
    return status;
  }

  weir_sink_instance table{};
  std::vector<std::string> log;
  std::vector<weir_status> statuses;
  std::optional<std::uint32_t> claims_taken;
};

class PluginSink : public testing::Test {
 protected:
  std::unique_ptr<PluginWriter> open() {
    return PluginWriter::take(&fake_.table,
                              {.has_own_threads = true, .label = "plugin:fake", .owner = nullptr})
        .value();
  }

  static Result<std::size_t> write(PluginWriter& writer) {
    const std::array messages = {OutMessage{.key = "k", .value = "one", .headers = {}},
                                 OutMessage{.key = "k", .value = "two", .headers = {}}};
    return writer.write(messages);
  }

  FakeSink fake_;
};

TEST_F(PluginSink, WritesAndFlushes) {
  {
    const auto writer = open();
    EXPECT_EQ(write(*writer).value(), 2u);
    fake_.statuses = {WEIR_AGAIN, WEIR_OK};
    EXPECT_EQ(writer->flush().value(), Flush::Pending);
    EXPECT_EQ(writer->flush().value(), Flush::Complete);
  }

  EXPECT_THAT(fake_.log,
              ElementsAre("write", "one", "two", "flush", "flush", "quiesce", "destroy"));
}

TEST_F(PluginSink, TakesFewerWhenThePluginIsFull) {
  const auto writer = open();
  fake_.statuses = {WEIR_AGAIN};
  fake_.claims_taken = 1;

  EXPECT_EQ(write(*writer).value(), 1u);
}

TEST_F(PluginSink, ContainsACountThatIsGarbage) {
  const auto writer = open();
  fake_.claims_taken = 3'000'000'000;

  auto outcome = write(*writer);
  ASSERT_FALSE(outcome);
  EXPECT_EQ(outcome.error().text(),
            "plugin: write to connector plugin:fake: took 3000000000 of 2 messages");
}

TEST_F(PluginSink, NamesTheCallThatFailed) {
  const auto writer = open();
  fake_.statuses = {WEIR_FAILED, WEIR_FAILED, -5};

  EXPECT_EQ(write(*writer).error().text(), "plugin: write of connector plugin:fake: disk is full");
  EXPECT_EQ(writer->flush().error().text(), "plugin: flush of connector plugin:fake: disk is full");
  EXPECT_EQ(writer->flush().error().text(),
            "plugin: flush of connector plugin:fake: returned status -5");
}

TEST_F(PluginSink, SaysWhatIsWrongWithAnInstance) {
  EXPECT_EQ(PluginWriter::take(nullptr, {}).error().text(),
            "plugin: no sink instance was returned");
  fake_.table.write = nullptr;
  EXPECT_EQ(PluginWriter::take(&fake_.table, {}).error().text(), "plugin: no function write");
}

TEST_F(PluginSink, GivesBackAnInstanceThatCannotBeUsed) {
  fake_.table.write = nullptr;
  EXPECT_FALSE(PluginWriter::take(&fake_.table, {}));
  EXPECT_THAT(fake_.log, ElementsAre("destroy"));

  fake_.table.struct_size = offsetof(weir_sink_instance, destroy);
  EXPECT_FALSE(PluginWriter::take(&fake_.table, {}));
  EXPECT_THAT(fake_.log, ElementsAre("destroy")) << "destroy is not there";
}

}  // namespace
}  // namespace weir::plugin_port
