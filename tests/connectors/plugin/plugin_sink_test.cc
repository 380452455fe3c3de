#include "connectors/plugin/plugin_sink.h"

#include <array>
#include <cstring>
#include <memory>
#include <string>
#include <vector>

#include <gmock/gmock.h>

#include "fakes/manual_clock.h"

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
    table.prepare = [](void* self, std::uint64_t epoch, weir_error* error) noexcept {
      return answer(self, "prepare " + std::to_string(epoch), error);
    };
    table.commit = [](void* self, std::uint64_t epoch, weir_error* error) noexcept {
      return answer(self, "commit " + std::to_string(epoch), error);
    };
    table.abort = [](void* self, std::uint64_t epoch, weir_error* error) noexcept {
      return answer(self, "abort " + std::to_string(epoch), error);
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
  std::unique_ptr<PluginWriter> open(bool is_transactional = false) {
    return PluginWriter::take(&fake_.table,
                              {.has_own_threads = true,
                               .is_transactional = is_transactional,
                               .label = "plugin:fake",
                               .owner = nullptr},
                              clock_)
        .value();
  }

  static Result<std::size_t> write(PluginWriter& writer) {
    const std::array messages = {OutMessage{.key = "k", .value = "one", .headers = {}},
                                 OutMessage{.key = "k", .value = "two", .headers = {}}};
    return writer.write(messages);
  }

  FakeSink fake_;
  fakes::ManualClock clock_{WallTime(std::chrono::milliseconds(5000))};
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

TEST_F(PluginSink, CommitsATransactionWithEachFlushUnderNumbersThatGrow) {
  const auto writer = open(true);
  ASSERT_TRUE(write(*writer));
  fake_.statuses = {WEIR_OK, WEIR_AGAIN, WEIR_OK, WEIR_AGAIN};
  EXPECT_EQ(writer->flush().value(), Flush::Pending);
  EXPECT_EQ(write(*writer).value(), 0u);
  EXPECT_EQ(writer->flush().value(), Flush::Pending);
  EXPECT_EQ(writer->flush().value(), Flush::Complete);
  ASSERT_TRUE(write(*writer));
  EXPECT_EQ(writer->flush().value(), Flush::Complete);
  EXPECT_EQ(writer->flush().value(), Flush::Complete);

  EXPECT_THAT(fake_.log,
              ElementsAre("write",
                          "one",
                          "two",
                          "flush",
                          "prepare 5000",
                          "prepare 5000",
                          "commit 5000",
                          "commit 5000",
                          "write",
                          "one",
                          "two",
                          "flush",
                          "prepare 5001",
                          "commit 5001",
                          "flush"));
}

TEST_F(PluginSink, SaysWhatIsWrongWithAnInstance) {
  EXPECT_EQ(PluginWriter::take(nullptr, {}, clock_).error().text(),
            "plugin: no sink instance was returned");
  fake_.table.commit = nullptr;
  EXPECT_EQ(
      PluginWriter::take(&fake_.table, {.is_transactional = true, .label = {}, .owner = {}}, clock_)
          .error()
          .text(),
      "plugin: no function commit");
  fake_.table.write = nullptr;
  EXPECT_EQ(PluginWriter::take(&fake_.table, {}, clock_).error().text(),
            "plugin: no function write");
}

}  // namespace
}  // namespace weir::plugin_port
