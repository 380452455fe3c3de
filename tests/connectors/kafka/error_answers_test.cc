// What a port makes of a cluster's errors: which end it, which it waits out.
#include <gmock/gmock.h>

#include "base/format.h"
#include "connectors/kafka/mock_cluster.h"
#include "connectors/kafka/port.h"

namespace weir::kafka {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

class KafkaErrorAnswers : public testing::Test {
 protected:
  KafkaErrorAnswers() { cluster_.create_topic("enter", 1); }

  PortRequest request(Options options) {
    PortRequest request{"job", "port", std::move(options), {}};
    request.clusters["main"] = {"main", cluster_.address(), {}};
    return request;
  }

  PortRequest reading(Options more = {}) {
    more["topics"] = std::vector<std::string>{"enter"};
    return request(std::move(more));
  }

  PortRequest writing() { return request({{"topic", std::string("enter")}}); }

  MockCluster cluster_;
};

TEST_F(KafkaErrorAnswers, ASourceOnAClusterWithoutTroubleReads) {
  cluster_.produce("enter", 0, {"v0", "v1"});

  SourceRun run(reading({{"stop_at_end", true}}), 1);
  ASSERT_TRUE(run.read_to_end());
  EXPECT_FALSE(run.failure());
  EXPECT_THAT(run.values(), ElementsAre("v0", "v1"));
}

TEST_F(KafkaErrorAnswers, ATopicThatMayNotBeSeenEndsTheSource) {
  cluster_.fail_topic("enter", RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED);

  SourceRun run(reading(), 1);

  ASSERT_TRUE(run.read(1));
  ASSERT_TRUE(run.failure());
  EXPECT_THAT(run.failure()->message(), AllOf(HasSubstr("enter"), HasSubstr("not allowed")));
}

TEST_F(KafkaErrorAnswers, APartitionThatMayNotBeReadEndsTheSource) {
  cluster_.produce("enter", 0, {"v0"});
  cluster_.fail_next(Request::Fetch, {RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED});

  SourceRun run(reading(), 1);

  ASSERT_TRUE(run.read(2));
  ASSERT_TRUE(run.failure());
  EXPECT_THAT(run.failure()->message(), AllOf(HasSubstr("enter/0"), HasSubstr("not allowed")));
}

TEST_F(KafkaErrorAnswers, ALeaderThatMovesIsWaitedFor) {
  cluster_.produce("enter", 0, {"v0"});
  cluster_.fail_next(
      Request::Fetch,
      {RD_KAFKA_RESP_ERR_NOT_LEADER_FOR_PARTITION, RD_KAFKA_RESP_ERR_LEADER_NOT_AVAILABLE});

  SourceRun run(reading(), 1);

  ASSERT_TRUE(run.read(1));
  EXPECT_FALSE(run.failure());
  EXPECT_THAT(run.values(), ElementsAre("v0"));
}

TEST_F(KafkaErrorAnswers, AnOffsetOutOfRangeEndsTheSourceAndReadsNothing) {
  cluster_.produce("enter", 0, {"v0"});
  cluster_.fail_next(Request::Fetch, {RD_KAFKA_RESP_ERR_OFFSET_OUT_OF_RANGE});

  SourceRun run(reading(), 1);

  ASSERT_TRUE(run.read(1));
  ASSERT_TRUE(run.failure());
  EXPECT_EQ(run.failure()->kind(), ErrorKind::NotFound);
  EXPECT_THAT(run.failure()->message(), AllOf(HasSubstr("enter/0"), HasSubstr("lost")));
  EXPECT_THAT(run.values(), IsEmpty());
}

TEST_F(KafkaErrorAnswers, AGroupThatMayNotBeUsedEndsTheSource) {
  cluster_.fail_next(Request::OffsetFetch, {RD_KAFKA_RESP_ERR_GROUP_AUTHORIZATION_FAILED});

  SourceRun run(reading(), 1);

  ASSERT_TRUE(run.read(1));
  ASSERT_TRUE(run.failure());
  EXPECT_THAT(run.failure()->message(), AllOf(HasSubstr("job"), HasSubstr("consumer group")));
}

TEST_F(KafkaErrorAnswers, ACommitThatIsNotAllowedIsToldByALaterOne) {
  cluster_.produce("enter", 0, {"v0"});
  SourceRun run(reading(), 1);
  ASSERT_TRUE(run.read(1));
  cluster_.fail_next(Request::OffsetCommit, {RD_KAFKA_RESP_ERR_GROUP_AUTHORIZATION_FAILED});
  ASSERT_TRUE(run.source().commit(run.positions()));

  std::optional<Error> failure;
  ASSERT_TRUE(eventually([&] {
    const Status status = run.source().commit(run.positions());
    if (!status) failure = status.error();
    return failure.has_value();
  }));

  EXPECT_EQ(failure->kind(), ErrorKind::Invalid);
  EXPECT_THAT(failure->message(), HasSubstr("not allowed to use the consumer group"));
}

TEST_F(KafkaErrorAnswers, ACommitWhoseCoordinatorMovesIsNoError) {
  cluster_.produce("enter", 0, {"v0"});
  SourceRun run(reading(), 1);
  ASSERT_TRUE(run.read(1));
  cluster_.fail_next(
      Request::OffsetCommit,
      {RD_KAFKA_RESP_ERR_NOT_COORDINATOR, RD_KAFKA_RESP_ERR_COORDINATOR_LOAD_IN_PROGRESS});

  // A commit is sent when the one before it has been answered: at the fourth all three answers,
  // two of them errors, have been looked at.
  EXPECT_TRUE(eventually([&] {
    EXPECT_TRUE(run.source().commit(run.positions()));
    return cluster_.count(Request::OffsetCommit) >= 4;
  }));
}

TEST_F(KafkaErrorAnswers, ATopicThatMayNotBeWrittenEndsTheSinkAndNamesThePartition) {
  cluster_.fail_next(Request::Produce, {RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED});
  SinkRun run(writing(), 1);

  EXPECT_FALSE(run.write(0, {{"key", "v0", -1, {}}}));

  ASSERT_TRUE(run.failure());
  EXPECT_THAT(run.failure()->message(),
              AllOf(HasSubstr("topic enter partition 0"), HasSubstr("not allowed")));
}

TEST_F(KafkaErrorAnswers, ASinkTriesAgainWhileReplicasAreMissing) {
  cluster_.fail_next(Request::Produce,
                     {RD_KAFKA_RESP_ERR_NOT_ENOUGH_REPLICAS, RD_KAFKA_RESP_ERR_REQUEST_TIMED_OUT});
  SinkRun run(writing(), 1);

  EXPECT_TRUE(run.write(0, {{"key", "v0", -1, {}}}));

  EXPECT_FALSE(run.failure());
}

TEST_F(KafkaErrorAnswers, OnlyTheWriterWhoseMessageFailedFails) {
  SinkRun run(writing(), 2);
  ASSERT_TRUE(run.write(1, {{"key", "v0", -1, {}}}));
  cluster_.fail_next(Request::Produce, {RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED});

  EXPECT_FALSE(run.write(0, {{"key", "v1", -1, {}}}));

  EXPECT_TRUE(run.writer(1).flush());
}

TEST_F(KafkaErrorAnswers, ASinkWhoseClusterIsOutOfReachSaysSo) {
  SinkRun run(writing(), 1);
  ASSERT_TRUE(run.write(0, {{"key", "v0", -1, {}}}));

  cluster_.set_reachable(false);
  ASSERT_TRUE(eventually([&] {
    EXPECT_TRUE(run.writer(0).flush());
    return run.sink().trouble().has_value();
  }));
  cluster_.set_reachable(true);

  EXPECT_TRUE(run.write(0, {{"key", "v1", -1, {}}}));
  EXPECT_TRUE(eventually([&] {
    EXPECT_TRUE(run.writer(0).flush());
    return !run.sink().trouble();
  }));
}

}  // namespace
}  // namespace weir::kafka
