// A sink against a real broker.
#include <algorithm>

#include <gmock/gmock.h>

#include "base/format.h"
#include "connectors/kafka/broker.h"
#include "connectors/kafka/port.h"

namespace weir::kafka {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::ElementsAreArray;
using testing::HasSubstr;
using testing::SizeIs;
using testing::UnorderedElementsAreArray;

class KafkaSinkOnBroker : public testing::Test {
 protected:
  PortRequest writing(const std::string& topic, Options more = {}) {
    more["topic"] = topic;
    PortRequest request{Broker::fresh_name("job"), "labels", std::move(more), {}};
    request.clusters["main"] = {"main", broker_.address(), {}};
    return request;
  }

  static std::vector<OutMessage> messages(const std::vector<std::string>& values) {
    std::vector<OutMessage> messages;
    for (const std::string& value : values)
      messages.push_back({"", value, -1, {}});
    return messages;
  }

  Broker broker_;
};

TEST_F(KafkaSinkOnBroker, WhatTwoWritersWroteIsThereOnceFlushed) {
  const std::string topic = broker_.new_topic(3);
  const auto first = numbered("a", 5000);
  const auto second = numbered("b", 5000);
  SinkRun run(writing(topic), 2);

  ASSERT_TRUE(run.write(0, messages(first)));
  ASSERT_TRUE(run.write(1, messages(second)));

  std::vector<std::string> all = first;
  all.insert(all.end(), second.begin(), second.end());
  EXPECT_THAT(broker_.consume(topic, "%s"), UnorderedElementsAreArray(all));
}

TEST_F(KafkaSinkOnBroker, MessagesOfOneKeyStayInOrderInOnePartition) {
  const std::string topic = broker_.new_topic(4);
  const auto values = numbered("v", 2000);
  std::vector<OutMessage> keyed = messages(values);
  for (OutMessage& message : keyed)
    message.key = "one key";
  SinkRun run(writing(topic), 1);

  ASSERT_TRUE(run.write(0, keyed));

  EXPECT_THAT(broker_.consume(topic, "%s"), ElementsAreArray(values));
  const auto partitions = broker_.consume(topic, "%p");
  EXPECT_EQ(std::count(partitions.begin(), partitions.end(), partitions.front()), 2000);
}

TEST_F(KafkaSinkOnBroker, AKeyGoesToThePartitionThatJavaClientsChoose) {
  // Computed with Kafka's Java client: toPositive(murmur2(key)) % 16.
  const std::vector<std::pair<std::string, int>> known = {{"a", 12},
                                                          {"user|1", 6},
                                                          {"user|2", 8},
                                                          {"lesson-42", 10},
                                                          {"学生", 0},
                                                          {"0123456789abcdef", 12},
                                                          {"x-y-z", 13},
                                                          {"Weir", 1}};
  const std::string topic = broker_.new_topic(16);
  std::vector<OutMessage> keyed;
  for (const auto& [key, partition] : known)
    keyed.push_back({key, key, -1, {}});
  SinkRun run(writing(topic), 1);

  ASSERT_TRUE(run.write(0, keyed));

  std::vector<std::string> expected;
  for (const auto& [key, partition] : known)
    expected.push_back(format("{} {}", partition, key));
  EXPECT_THAT(broker_.consume(topic, "%p %s"), UnorderedElementsAreArray(expected));
}

TEST_F(KafkaSinkOnBroker, HeadersKeyAndTimestampArrive) {
  const std::string topic = broker_.new_topic(1);
  const std::vector<std::pair<std::string_view, std::string_view>> headers = {{"trace", "7"},
                                                                              {"tag", "x"}};
  SinkRun run(writing(topic), 1);

  ASSERT_TRUE(run.write(0, {{"key", "value", 1'700'000'000'123, headers}}));

  EXPECT_THAT(broker_.consume(topic, "%k=%s at %T with %h"),
              ElementsAre("key=value at 1700000000123 with trace=7,tag=x"));
}

TEST_F(KafkaSinkOnBroker, EveryCompressionIsWritten) {
  const std::string topic = broker_.new_topic(1);
  for (const char* codec : {"none", "gzip", "snappy", "lz4", "zstd"}) {
    SinkRun run(writing(topic, {{"compression", std::string(codec)}}), 1);

    ASSERT_TRUE(run.write(0, messages(numbered(codec, 100)))) << codec;
  }

  EXPECT_THAT(broker_.consume(topic, "%s"), SizeIs(500));
}

TEST_F(KafkaSinkOnBroker, AFullQueueRefusesAndLosesNothing) {
  const std::string topic = broker_.new_topic(2);
  const auto values = numbered(std::string(1000, 'x'), 3000);
  PortRequest small = writing(topic);
  small.clusters["main"].properties["queue.buffering.max.messages"] = "100";
  SinkRun run(small, 1);

  const auto taken = run.writer(0).write(messages(values));

  ASSERT_TRUE(taken);
  EXPECT_LT(*taken, values.size());
  auto rest = messages(values);
  rest.erase(rest.begin(), rest.begin() + static_cast<std::ptrdiff_t>(*taken));
  ASSERT_TRUE(run.write(0, rest));
  EXPECT_THAT(broker_.consume(topic, "%s"), SizeIs(3000));
}

TEST_F(KafkaSinkOnBroker, AMessageThatIsTooLargeIsAnErrorThatNamesTopicAndSize) {
  const std::string topic = broker_.new_topic(1);
  const std::string big(2'000'000, 'x');
  PortRequest limited = writing(topic);
  limited.clusters["main"].properties["message.max.bytes"] = "1000000";
  SinkRun run(limited, 1);

  EXPECT_FALSE(run.write(0, messages({big})));

  ASSERT_TRUE(run.failure());
  EXPECT_THAT(run.failure()->message(),
              AllOf(HasSubstr(topic), HasSubstr("larger"), HasSubstr("2000000")));
}

TEST_F(KafkaSinkOnBroker, AMessageThatIsTooLargeForTheTopicIsAnErrorThatNamesThePartition) {
  const std::string topic = broker_.new_topic_of_small_messages(10'000);
  const std::string big(200'000, 'x');
  SinkRun run(writing(topic), 1);

  EXPECT_FALSE(run.write(0, messages({big})));

  ASSERT_TRUE(run.failure());
  EXPECT_THAT(run.failure()->message(),
              AllOf(HasSubstr(topic + " partition 0"), HasSubstr("larger")));
}

TEST_F(KafkaSinkOnBroker, ADeletedTopicIsAnErrorThatNamesIt) {
  const std::string topic = broker_.new_topic(1);
  PortRequest request = writing(topic);
  request.clusters["main"].properties["topic.metadata.propagation.max.ms"] = "1000";
  SinkRun run(request, 1);
  ASSERT_TRUE(run.write(0, messages({"v0"})));

  broker_.delete_topic(topic);

  EXPECT_FALSE(run.write(0, messages({"v1"})));
  ASSERT_TRUE(run.failure());
  EXPECT_EQ(run.failure()->kind(), ErrorKind::NotFound) << run.failure()->text();
  EXPECT_THAT(run.failure()->message(), HasSubstr(topic));
}

TEST_F(KafkaSinkOnBroker, FlushingWithNothingWrittenIsCompleteAtOnce) {
  SinkRun run(writing(broker_.new_topic(1)), 1);

  const auto flushed = run.writer(0).flush();

  ASSERT_TRUE(flushed);
  EXPECT_EQ(*flushed, Flush::Complete);
}

TEST_F(KafkaSinkOnBroker, OneWritersFlushDoesNotWaitForAnother) {
  // Two messages of a partition go at once, one waits for another. See above for the keys.
  PortRequest slow = writing(broker_.new_topic(16));
  slow.clusters["main"].properties = {{"linger.ms", "60000"}, {"batch.num.messages", "2"}};
  SinkRun run(slow, 2);
  const std::vector<OutMessage> mine = {{"a", "v0", -1, {}}, {"a", "v1", -1, {}}};
  const std::vector<OutMessage> other = {{"Weir", "w0", -1, {}}};
  const auto is_other_pending = [&] {
    const auto flushed = run.writer(1).flush();
    return flushed && *flushed == Flush::Pending;
  };
  const auto taken = run.writer(1).write(other);
  ASSERT_TRUE(taken && *taken == 1);
  ASSERT_TRUE(is_other_pending());

  EXPECT_TRUE(run.write(0, mine));

  EXPECT_TRUE(is_other_pending());
  EXPECT_TRUE(run.write(1, other));
}

}  // namespace
}  // namespace weir::kafka
