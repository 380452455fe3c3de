// A source against a real broker.
#include <algorithm>
#include <set>

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
using testing::IsEmpty;
using testing::SizeIs;
using testing::UnorderedElementsAreArray;

class KafkaSourceOnBroker : public testing::Test {
 protected:
  PortRequest request(Options options) {
    PortRequest request{job_, "enter", std::move(options), {}};
    request.clusters["main"] = {"main", broker_.address(), {}};
    return request;
  }

  PortRequest reading(const std::string& topic, Options more = {}) {
    more["topics"] = std::vector<std::string>{topic};
    return request(std::move(more));
  }

  // The same broker at its listener that wants a name and a password.
  ClusterSpec secured_cluster(std::string name) const {
    return {std::move(name),
            broker_.sasl_address(),
            {{"security.protocol", "sasl_plaintext"},
             {"sasl.mechanisms", "PLAIN"},
             {"sasl.username", "weir"},
             {"sasl.password", "let-me-in"}}};
  }

  Broker broker_;
  std::string job_ = Broker::fresh_name("job");
};

TEST_F(KafkaSourceOnBroker, TwoReadersReadEveryRecordOfAllPartitionsOnceInOrder) {
  const std::string topic = broker_.new_topic(5);
  std::vector<std::string> all;
  for (int partition = 0; partition < 5; ++partition) {
    const auto values = numbered(format("p{}-", partition), 1000);
    broker_.produce(topic, partition, values);
    all.insert(all.end(), values.begin(), values.end());
  }

  SourceRun run(reading(topic, {{"stop_at_end", true}}), 2);

  ASSERT_TRUE(run.read_to_end());
  EXPECT_FALSE(run.failure());
  EXPECT_THAT(run.values(), UnorderedElementsAreArray(all));
  EXPECT_EQ(run.splits_of(0) + run.splits_of(1), 5u);
  EXPECT_GE(run.splits_of(0), 2u);
  std::map<std::string, std::int64_t> next;
  for (const Kept& record : run.records()) {
    EXPECT_EQ(record.offset, next[record.split]++) << record.split;
    EXPECT_EQ(record.value, format("p{}-{}", record.split.back(), record.offset));
  }
}

TEST_F(KafkaSourceOnBroker, EarliestLatestAndATimeBeginWhereTheySay) {
  const std::string topic = broker_.new_topic(1);
  broker_.produce(topic, 0, {"old0", "old1"});
  SourceRun early(reading(topic, {{"start", "earliest"}}), 1);
  ASSERT_TRUE(early.read(2));
  const std::int64_t last_old = early.records().back().timestamp;
  SourceRun late(reading(topic, {{"start", "latest"}}), 1);
  ASSERT_TRUE(eventually([&] {
    late.step();
    return late.positions().size() == 1;
  }));
  EXPECT_EQ(late.positions().front().position, 2);
  ASSERT_TRUE(eventually([&] { return now_ms() > last_old / 1000 * 1000 + 1000; }));
  const std::string begin = rfc3339((last_old / 1000 + 1) * 1000);

  broker_.produce(topic, 0, {"new0", "new1"});
  SourceRun since(reading(topic, {{"start", begin}}), 1);

  ASSERT_TRUE(since.read(2));
  ASSERT_TRUE(late.read(2));
  ASSERT_TRUE(early.read(4));
  EXPECT_THAT(since.values(), ElementsAre("new0", "new1"));
  EXPECT_THAT(late.values(), ElementsAre("new0", "new1"));
  EXPECT_THAT(early.values(), ElementsAre("old0", "old1", "new0", "new1"));
}

TEST_F(KafkaSourceOnBroker, ATimeYoungerThanAllRecordsBeginsBehindThem) {
  const std::string topic = broker_.new_topic(1);
  broker_.produce(topic, 0, {"old0", "old1"});

  SourceRun run(reading(topic, {{"start", "2100-01-01T00:00:00Z"}, {"stop_at_end", true}}), 1);

  ASSERT_TRUE(run.read_to_end());
  EXPECT_THAT(run.values(), IsEmpty());
  EXPECT_EQ(run.positions().front().position, 2);
}

TEST_F(KafkaSourceOnBroker, ARestartContinuesAtTheCommittedPositions) {
  const std::string topic = broker_.new_topic(2);
  broker_.produce(topic, 0, {"a0", "a1"});
  broker_.produce(topic, 1, {"b0"});
  {
    SourceRun first(reading(topic), 2);
    ASSERT_TRUE(first.read(3));
    ASSERT_TRUE(first.source().commit(first.positions()));
  }
  EXPECT_EQ(broker_.committed(job_, topic, 0), 2);
  EXPECT_EQ(broker_.committed(job_, topic, 1), 1);
  broker_.produce(topic, 0, {"a2"});
  broker_.produce(topic, 1, {"b1"});

  SourceRun second(reading(topic, {{"stop_at_end", true}}), 1);

  ASSERT_TRUE(second.read_to_end());
  EXPECT_THAT(second.values(), testing::UnorderedElementsAre("a2", "b1"));
}

TEST_F(KafkaSourceOnBroker, RestoredPositionsWinOverCommittedOnes) {
  const std::string topic = broker_.new_topic(1);
  broker_.produce(topic, 0, {"v0", "v1", "v2", "v3"});
  {
    SourceRun first(reading(topic), 1);
    ASSERT_TRUE(first.read(4));
    ASSERT_TRUE(first.source().commit(first.positions()));
  }

  SourceRun second(reading(topic, {{"stop_at_end", true}}), 1, {{topic + "/0", 1}});

  ASSERT_TRUE(second.read_to_end());
  EXPECT_THAT(second.values(), ElementsAre("v1", "v2", "v3"));
}

TEST_F(KafkaSourceOnBroker, ManyCommitsInARowEndWithTheLast) {
  const std::string topic = broker_.new_topic(1);
  broker_.produce(topic, 0, numbered("v", 20));
  {
    SourceRun run(reading(topic), 1);
    ASSERT_TRUE(run.read(20));
    for (std::int64_t position = 0; position <= 20; ++position) {
      const SplitPosition at = {topic + "/0", position};
      ASSERT_TRUE(run.source().commit({&at, 1}));
    }
  }

  EXPECT_EQ(broker_.committed(job_, topic, 0), 20);
}

TEST_F(KafkaSourceOnBroker, APatternFindsNewPartitionsAndTopicsAndReadsThemFromTheBeginning) {
  const std::string family = Broker::fresh_name("family");
  broker_.create_topic(family + ".a", 1);
  broker_.create_topic("other." + family, 1);
  SourceRun run(request({{"pattern", "^" + family + "\\."},
                         {"start", "latest"},
                         {"find_every", std::int64_t{100}}}),
                2);
  ASSERT_TRUE(eventually([&] {
    run.step();
    return run.splits().size() == 1;
  }));

  broker_.add_partitions(family + ".a", 2);
  broker_.produce(family + ".a", 1, {"new partition"});
  broker_.create_topic(family + ".b", 1);
  broker_.produce(family + ".b", 0, {"new topic"});
  broker_.produce("other." + family, 0, {"not mine"});

  ASSERT_TRUE(run.read(2));
  EXPECT_FALSE(run.failure());
  EXPECT_THAT(run.values(), testing::UnorderedElementsAre("new partition", "new topic"));
  EXPECT_EQ(run.splits().size(), 3u);
}

TEST_F(KafkaSourceOnBroker, ATopicThatDoesNotExistIsAnErrorThatNamesIt) {
  SourceRun run(reading("no.such.topic"), 1);

  ASSERT_TRUE(run.read(1));
  ASSERT_TRUE(run.failure());
  EXPECT_EQ(run.failure()->kind(), ErrorKind::NotFound);
  EXPECT_THAT(run.failure()->message(),
              AllOf(HasSubstr("no.such.topic"), HasSubstr("does not exist")));
}

TEST_F(KafkaSourceOnBroker, ADeletedTopicIsAnErrorThatNamesIt) {
  const std::string topic = broker_.new_topic(1);
  broker_.produce(topic, 0, {"v0"});
  SourceRun run(reading(topic, {{"find_every", std::int64_t{200}}}), 1);
  ASSERT_TRUE(run.read(1));

  broker_.delete_topic(topic);

  ASSERT_TRUE(run.read(2));
  ASSERT_TRUE(run.failure());
  EXPECT_EQ(run.failure()->kind(), ErrorKind::NotFound);
  EXPECT_THAT(run.failure()->message(), HasSubstr(topic));
}

TEST_F(KafkaSourceOnBroker, ATopicThatWasDeletedAndMadeAgainIsAnError) {
  const std::string topic = broker_.new_topic(1);
  broker_.produce(topic, 0, {"v0"});
  SourceRun run(reading(topic, {{"find_every", std::int64_t{100}}}), 1);
  ASSERT_TRUE(run.read(1));

  broker_.delete_topic(topic);
  broker_.create_topic(topic, 1);
  broker_.produce(topic, 0, {"w0", "w1", "w2"});

  ASSERT_TRUE(run.read(100));
  ASSERT_TRUE(run.failure());
  EXPECT_THAT(run.failure()->message(), HasSubstr(topic));
}

TEST_F(KafkaSourceOnBroker, OnlyADeletedTopicOfAPatternIsGoneAndOnlyIfOthersAreThere) {
  const std::string family = Broker::fresh_name("family");
  broker_.create_topic(family + ".a", 1);
  broker_.create_topic(family + ".b", 1);
  const std::vector<SplitPosition> known = {
      {family + ".a/0", 0}, {family + ".b/0", 0}, {family + ".b/1", 7}};
  PortRequest matching = request({{"pattern", "^" + family + "\\."}});
  matching.clusters["main"].properties["topic.metadata.propagation.max.ms"] = "1000";
  PortRequest naming = reading(family + ".b");
  naming.clusters = matching.clusters;
  SourceRun run(matching, 1);
  SourceRun named(naming, 1);
  EXPECT_THAT(*run.source().gone(known), IsEmpty());

  broker_.delete_topic(family + ".b");

  ASSERT_TRUE(eventually([&] { return run.source().gone(known)->size() == 2; }));
  EXPECT_THAT(*run.source().gone(known), ElementsAre(family + ".b/0", family + ".b/1"));
  EXPECT_THAT(run.log(), testing::Contains(HasSubstr("topic " + family + ".b was deleted")));
  EXPECT_THAT(*named.source().gone(known), IsEmpty());
  const auto all_gone = run.source().gone(std::vector<SplitPosition>{known[1], known[2]});
  ASSERT_FALSE(all_gone);
  EXPECT_EQ(all_gone.error().kind(), ErrorKind::NotFound);
}

TEST_F(KafkaSourceOnBroker, LostOffsetsAreAnErrorThatNamesThePartition) {
  const std::string topic = broker_.new_topic(2);
  broker_.produce(topic, 1, {"v0", "v1", "v2", "v3"});
  broker_.delete_records(topic, 1, 3);

  SourceRun run(reading(topic), 1, {{topic + "/0", 0}, {topic + "/1", 1}});

  ASSERT_TRUE(run.read(1));
  ASSERT_TRUE(run.failure());
  EXPECT_EQ(run.failure()->kind(), ErrorKind::NotFound);
  EXPECT_THAT(run.failure()->message(), AllOf(HasSubstr(topic + "/1"), HasSubstr("lost")));
  EXPECT_THAT(run.values(), IsEmpty());
}

TEST_F(KafkaSourceOnBroker, APositionBehindTheEndIsAnError) {
  const std::string topic = broker_.new_topic(1);
  broker_.produce(topic, 0, {"v0"});

  SourceRun run(reading(topic), 1, {{topic + "/0", 100}});

  ASSERT_TRUE(run.read(1));
  ASSERT_TRUE(run.failure());
  EXPECT_THAT(run.failure()->message(), HasSubstr(topic + "/0"));
}

TEST_F(KafkaSourceOnBroker, KeysHeadersTombstonesAndEmptyValuesArriveAsTheyAre) {
  const std::string topic = broker_.new_topic(1);
  broker_.produce(topic, 0, {"k1:v1"}, "-K : -H trace=7 -H tag=x");
  broker_.produce(topic, 0, {"gone:"}, "-K : -Z");
  broker_.produce(topic, 0, {"blank:"}, "-K :");
  broker_.produce(topic, 0, {"no key"});
  broker_.produce(topic, 0, {":empty key"}, "-K :");

  SourceRun run(reading(topic, {{"headers", true}, {"stop_at_end", true}}), 1);

  ASSERT_TRUE(run.read_to_end());
  ASSERT_THAT(run.records(), SizeIs(5));
  const auto& records = run.records();
  EXPECT_EQ(records[0].key, "k1");
  EXPECT_TRUE(records[0].has_key);
  EXPECT_EQ(records[0].value, "v1");
  EXPECT_THAT(records[0].headers,
              ElementsAre(testing::Pair("trace", "7"), testing::Pair("tag", "x")));
  EXPECT_EQ(records[1].key, "gone");
  EXPECT_FALSE(records[1].has_value);
  EXPECT_EQ(records[2].key, "blank");
  EXPECT_TRUE(records[2].has_value);
  EXPECT_EQ(records[2].value, "");
  EXPECT_FALSE(records[3].has_key);
  EXPECT_GT(records[3].timestamp, 1'700'000'000'000);
  EXPECT_EQ(records[4].key, "");
  EXPECT_TRUE(records[4].has_key);
}

TEST_F(KafkaSourceOnBroker, EveryCompressionIsRead) {
  const std::string topic = broker_.new_topic(1);
  for (const char* codec : {"gzip", "snappy", "lz4", "zstd"}) {
    broker_.produce(topic, 0, numbered(codec, 500), format("-z {}", codec));
  }

  SourceRun run(reading(topic, {{"stop_at_end", true}}), 1);

  ASSERT_TRUE(run.read_to_end());
  ASSERT_THAT(run.records(), SizeIs(2000));
  EXPECT_EQ(run.records()[1999].value, "zstd499");
}

TEST_F(KafkaSourceOnBroker, ARecordLargerThanEveryFetchIsRead) {
  const std::string topic = broker_.new_topic(1);
  const std::string big(10'000'000, 'x');
  broker_.produce(topic, 0, {"before", big, "after"});

  SourceRun run(reading(topic, {{"stop_at_end", true}}), 1);

  ASSERT_TRUE(run.read_to_end());
  ASSERT_FALSE(run.failure());
  EXPECT_THAT(run.values(), ElementsAre("before", big, "after"));
}

TEST_F(KafkaSourceOnBroker, ASlowReaderTakesAFewAtATimeAndMissesNothing) {
  const std::string topic = broker_.new_topic(2);
  broker_.produce(topic, 0, numbered("a", 3000));
  broker_.produce(topic, 1, numbered("b", 3000));
  SourceRun run(reading(topic), 1);

  ASSERT_TRUE(eventually([&] {
    run.step(7);
    return run.records().size() >= 6000;
  }));

  const auto values = run.values();
  EXPECT_THAT(std::set<std::string>(values.begin(), values.end()), SizeIs(6000));
}

TEST_F(KafkaSourceOnBroker, TheLagIsWhatIsStillToBeRead) {
  const std::string topic = broker_.new_topic(1);
  broker_.produce(topic, 0, numbered("v", 1000));
  SourceRun run(reading(topic), 1);

  ASSERT_TRUE(eventually([&] {
    if (run.records().size() < 100) run.step(100);
    return run.records().size() >= 100;
  }));
  ASSERT_THAT(run.records(), SizeIs(100));
  EXPECT_EQ(run.splits().at(topic + "/0").lag, 900);

  ASSERT_TRUE(run.read(1000));
  EXPECT_TRUE(eventually([&] {
    run.step();
    return run.splits().at(topic + "/0").lag == 0;
  }));
}

TEST_F(KafkaSourceOnBroker, AReaderOfNoPartitionDoesNotEndUnlessAllIsRead) {
  const std::string topic = broker_.new_topic(1);
  SourceRun running(reading(topic), 2);
  running.step();

  SourceRun bounded(reading(topic, {{"stop_at_end", true}}), 2);

  EXPECT_TRUE(bounded.read_to_end());
  EXPECT_FALSE(running.has_ended());
  EXPECT_TRUE(bounded.has_ended());
}

TEST_F(KafkaSourceOnBroker, ABoundedSourceLeavesOutWhatComesAfterItsStart) {
  const std::string topic = broker_.new_topic(1);
  broker_.produce(topic, 0, {"v0", "v1"});
  SourceRun run(reading(topic, {{"stop_at_end", true}}), 1);
  broker_.produce(topic, 0, {"v2"});

  ASSERT_TRUE(run.read_to_end());

  EXPECT_THAT(run.values(), ElementsAre("v0", "v1"));
  EXPECT_EQ(run.positions().front().position, 2);
}

TEST_F(KafkaSourceOnBroker, EachPortReadsFromTheClusterThatItNames) {
  const std::string topic = broker_.new_topic(1);
  broker_.produce(topic, 0, {"v0"});
  for (const char* name : {"main", "second"}) {
    PortRequest request = reading(topic, {{"cluster", std::string(name)}});
    request.clusters["second"] = secured_cluster("second");
    // Where the other one is, nobody answers.
    request.clusters[name == std::string("main") ? "second" : "main"].brokers = "127.0.0.1:1";

    SourceRun run(request, 1);

    ASSERT_TRUE(run.read(1)) << name;
    EXPECT_FALSE(run.failure()) << name;
    EXPECT_THAT(run.values(), ElementsAre("v0")) << name;
  }
}

TEST_F(KafkaSourceOnBroker, SslSettingsPassThrough) {
  const std::string topic = broker_.new_topic(1);
  broker_.produce(topic, 0, {"v0"});
  PortRequest secured = reading(topic);
  secured.clusters["main"].brokers = broker_.ssl_address();
  secured.clusters["main"].properties = {{"security.protocol", "ssl"},
                                         {"ssl.ca.location", broker_.certificate()}};
  SourceRun run(secured, 1);
  ASSERT_TRUE(run.read(1));
  EXPECT_FALSE(run.failure());
  EXPECT_THAT(run.values(), ElementsAre("v0"));

  // Nobody this machine knows has signed the certificate.
  secured.clusters["main"].properties.erase("ssl.ca.location");
  SourceRun refused(secured, 1);

  ASSERT_TRUE(eventually([&] {
    refused.step();
    return refused.failure() || refused.source().trouble();
  }));
  EXPECT_THAT(refused.values(), IsEmpty());
}

TEST_F(KafkaSourceOnBroker, SaslSettingsPassThrough) {
  const std::string topic = broker_.new_topic(1);
  broker_.produce(topic, 0, {"v0"});
  PortRequest secured = reading(topic);
  secured.clusters["main"] = secured_cluster("main");
  SourceRun run(secured, 1);
  ASSERT_TRUE(run.read(1));
  EXPECT_THAT(run.values(), ElementsAre("v0"));

  secured.clusters["main"].properties["sasl.password"] = "wrong-word";
  SourceRun refused(secured, 1);

  ASSERT_TRUE(refused.read(1));
  ASSERT_TRUE(refused.failure());
  EXPECT_THAT(refused.failure()->message(), HasSubstr("authentication failed"));
  EXPECT_THAT(refused.failure()->message(), testing::Not(HasSubstr("wrong-word")));
}

}  // namespace
}  // namespace weir::kafka
