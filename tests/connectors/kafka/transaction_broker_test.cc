// A job's transactions against a real broker.
#include <gmock/gmock.h>

#include "base/format.h"
#include "connectors/kafka/broker.h"
#include "connectors/kafka/port.h"
#include "connectors/kafka/transaction_run.h"

namespace weir::kafka {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

class KafkaTransactionOnBroker : public testing::Test {
 protected:
  PortRequest request(const std::string& port, Options options) {
    PortRequest request{job_, port, std::move(options), {}};
    request.clusters["main"] = {"main", broker_.address(), {}};
    return request;
  }
  PortRequest writing(const std::string& topic) {
    return request("out", {{"topic", topic}, {"delivery", std::string("exactly-once")}});
  }
  PortRequest reading(const std::string& topic) {
    return request("in", {{"topics", std::vector<std::string>{topic}}});
  }
  std::vector<SourcePositions> at(std::int64_t position) {
    return {{"in", {{input_ + "/0", position}, {input_ + "/1", position + 1000}}}};
  }
  TransactionRun new_run() { return TransactionRun({writing(output_)}, {reading(input_)}); }

  // By split, as recover() says.
  static std::map<std::string, std::int64_t> positions_of(
      const EpochTransaction::Recovered& recovered) {
    std::map<std::string, std::int64_t> positions;
    for (const auto& source : recovered.positions) {
      for (const auto& it : source.positions)
        positions[source.source + " " + it.split] = it.position;
    }
    return positions;
  }

  Broker broker_;
  std::string job_ = Broker::fresh_name("job");
  std::string input_ = broker_.new_topic(2, "input");
  std::string output_ = broker_.new_topic(1, "output");
};

TEST_F(KafkaTransactionOnBroker, RowsAreVisibleOnlyOnceTheirEpochIsCommitted) {
  TransactionRun run = new_run();
  ASSERT_TRUE(run.recover());

  ASSERT_TRUE(run.write({"v0", "v1"}));
  run.seal(1);
  ASSERT_TRUE(run.flush(1));
  EXPECT_THAT(broker_.consume(output_, "%s"), IsEmpty());
  EXPECT_EQ(broker_.consume(output_, "%s", "read_uncommitted").size(), 2u);

  ASSERT_TRUE(run.commit(1, at(7)));
  EXPECT_THAT(broker_.consume(output_, "%s"), ElementsAre("v0", "v1"));
  EXPECT_EQ(broker_.committed(job_, input_, 0), 7);
  EXPECT_EQ(broker_.committed(job_, input_, 1), 1007);
}

TEST_F(KafkaTransactionOnBroker, WhatWasNotCommittedIsNeverVisible) {
  {
    TransactionRun run = new_run();
    ASSERT_TRUE(run.recover());
    ASSERT_TRUE(run.run_epoch(1, {"v0"}, at(1)));
    ASSERT_TRUE(run.write({"lost"}));
    run.seal(2);
    ASSERT_TRUE(run.flush(2));
    ASSERT_EQ(broker_.consume(output_, "%s", "read_uncommitted").size(), 2u);
  }

  TransactionRun second = new_run();
  const auto recovered = second.recover();
  ASSERT_TRUE(recovered);
  EXPECT_EQ(recovered->epoch, 1u);
  EXPECT_EQ(positions_of(*recovered),
            (std::map<std::string, std::int64_t>{{"in " + input_ + "/0", 1},
                                                 {"in " + input_ + "/1", 1001}}));
  ASSERT_TRUE(second.run_epoch(2, {"v1"}, at(2)));
  EXPECT_THAT(broker_.consume(output_, "%s"), ElementsAre("v0", "v1"));
}

TEST_F(KafkaTransactionOnBroker, AJobThatNeverRanHasNoEpochAndNoPositions) {
  TransactionRun run = new_run();

  const auto recovered = run.recover();

  ASSERT_TRUE(recovered);
  EXPECT_FALSE(recovered->epoch);
  EXPECT_THAT(recovered->positions, IsEmpty());
}

TEST_F(KafkaTransactionOnBroker, TheEpochIsKnownToJobsWhoseSourceIsElsewhere) {
  {
    TransactionRun run({writing(output_)}, {});
    ASSERT_TRUE(run.recover());
    for (std::uint64_t epoch = 1; epoch <= 3; ++epoch)
      ASSERT_TRUE(run.run_epoch(epoch, {}));
  }

  TransactionRun second({writing(output_)}, {});
  const auto recovered = second.recover();

  ASSERT_TRUE(recovered);
  EXPECT_EQ(recovered->epoch, 3u);
}

TEST_F(KafkaTransactionOnBroker, PositionsOfARunWithoutTransactionsAreTaken) {
  {
    SourceRun source(reading(input_), 1);
    ASSERT_TRUE(eventually([&] {
      source.step();
      return source.knows_splits() || source.failure();
    }));
    const std::vector<SplitPosition> positions = {{input_ + "/0", 5}};
    ASSERT_TRUE(source.source().commit(positions));
  }
  ASSERT_TRUE(eventually([&] { return broker_.committed(job_, input_, 0) == 5; }));
  TransactionRun run = new_run();

  const auto recovered = run.recover();

  ASSERT_TRUE(recovered);
  EXPECT_FALSE(recovered->epoch);
  EXPECT_EQ(positions_of(*recovered),
            (std::map<std::string, std::int64_t>{{"in " + input_ + "/0", 5}}));
}

TEST_F(KafkaTransactionOnBroker, ASealedWriterTakesNothingUntilTheNextTransactionIsOpen) {
  TransactionRun run = new_run();
  EXPECT_EQ(run.offer({"early"}), 0u);
  ASSERT_TRUE(run.recover());
  EXPECT_EQ(run.offer({"v0"}), 1u);

  run.seal(1);

  EXPECT_EQ(run.offer({"v1"}), 0u);
  ASSERT_TRUE(run.flush(1));
  EXPECT_EQ(run.offer({"v1"}), 0u);
  ASSERT_TRUE(run.commit(1));
  EXPECT_EQ(run.offer({"v1"}), 1u);
}

TEST_F(KafkaTransactionOnBroker, AWriterThatSealedTwoEpochsSkipsTheTransactionBetween) {
  TransactionRun run = new_run();
  ASSERT_TRUE(run.recover());
  ASSERT_EQ(run.offer({"v0"}), 1u);
  run.seal(1);
  run.seal(2);

  ASSERT_TRUE(run.flush(1));
  ASSERT_TRUE(run.commit(1));
  EXPECT_EQ(run.offer({"v1"}), 0u);
  ASSERT_TRUE(run.flush(2));
  ASSERT_TRUE(run.commit(2));
  EXPECT_EQ(run.offer({"v1"}), 1u);
}

TEST_F(KafkaTransactionOnBroker, SeveralSinksAreVisibleTogether) {
  const std::string late = broker_.new_topic(1, "late");
  TransactionRun run({writing(output_), writing(late)}, {reading(input_)});
  ASSERT_TRUE(run.recover());
  ASSERT_TRUE(run.write({"v0"}, 0));
  ASSERT_TRUE(run.write({"l0"}, 1));
  run.seal(1);
  ASSERT_TRUE(run.flush(1));
  EXPECT_THAT(broker_.consume(late, "%s"), IsEmpty());

  ASSERT_TRUE(run.commit(1, at(1)));

  EXPECT_THAT(broker_.consume(output_, "%s"), ElementsAre("v0"));
  EXPECT_THAT(broker_.consume(late, "%s"), ElementsAre("l0"));
}

TEST_F(KafkaTransactionOnBroker, AZombiesCommitFailsAndNoneOfItsRowsIsVisible) {
  TransactionRun zombie = new_run();
  ASSERT_TRUE(zombie.recover());
  ASSERT_TRUE(zombie.run_epoch(1, {"v0"}, at(1)));
  ASSERT_TRUE(zombie.write({"of the zombie"}));
  zombie.seal(2);
  ASSERT_TRUE(zombie.flush(2));

  TransactionRun second = new_run();
  const auto recovered = second.recover();
  ASSERT_TRUE(recovered);
  EXPECT_EQ(recovered->epoch, 1u);
  ASSERT_TRUE(second.run_epoch(2, {"v1"}, at(2)));

  const Status late = zombie.commit(2, at(99));
  ASSERT_FALSE(late);
  EXPECT_THAT(late.error().message(), AllOf(HasSubstr("epoch 2"), HasSubstr("shut out")));
  EXPECT_THAT(broker_.consume(output_, "%s"), ElementsAre("v0", "v1"));
  EXPECT_EQ(broker_.committed(job_, input_, 0), 2);
  ASSERT_TRUE(second.run_epoch(3, {"v2"}, at(3)));

  // It must not take the job back either.
  const auto back = zombie.recover();
  ASSERT_FALSE(back);
  EXPECT_EQ(back.error().kind(), ErrorKind::Invalid);
  EXPECT_THAT(back.error().message(),
              AllOf(HasSubstr("was taken over by another host"), HasSubstr("since epoch 3")));
}

TEST_F(KafkaTransactionOnBroker, WhoLostTheJobLeavesItsNewOwnerAloneBeforeThatCommitsAnything) {
  TransactionRun zombie = new_run();
  ASSERT_TRUE(zombie.recover());
  ASSERT_TRUE(zombie.run_epoch(1, {"v0"}, at(1)));
  TransactionRun second = new_run();
  ASSERT_TRUE(second.recover());
  ASSERT_TRUE(second.write({"v1"}));

  zombie.open();  // Its job starts again inside the process.
  const auto back = zombie.recover();

  ASSERT_FALSE(back);
  EXPECT_EQ(back.error().kind(), ErrorKind::Invalid);
  EXPECT_THAT(back.error().message(), HasSubstr("was taken over"));
  second.seal(2);
  ASSERT_TRUE(second.flush(2));
  ASSERT_TRUE(second.commit(2, at(2)));
  EXPECT_THAT(broker_.consume(output_, "%s"), ElementsAre("v0", "v1"));
}

TEST_F(KafkaTransactionOnBroker, ARunThatNeverClaimsTheJobDoesNotEndTheOneItShutOut) {
  TransactionRun owner = new_run();
  ASSERT_TRUE(owner.recover());
  ASSERT_TRUE(owner.run_epoch(1, {"v0"}, at(1)));
  {
    TransactionRun passing = new_run();
    ASSERT_TRUE(passing.recover_only());
  }
  const Status shut_out = owner.run_epoch(2, {"lost"}, at(2));
  ASSERT_FALSE(shut_out);
  EXPECT_EQ(shut_out.error().kind(), ErrorKind::Unavailable);

  owner.open();
  const auto recovered = owner.recover();

  ASSERT_TRUE(recovered);
  EXPECT_EQ(recovered->epoch, 1u);
  ASSERT_TRUE(owner.run_epoch(2, {"v1"}, at(2)));
  EXPECT_THAT(broker_.consume(output_, "%s"), ElementsAre("v0", "v1"));
}

TEST_F(KafkaTransactionOnBroker, AClaimChangesNeitherEpochNorPositions) {
  {
    TransactionRun run = new_run();
    ASSERT_TRUE(run.recover());
    const auto fresh = run.recover();
    ASSERT_TRUE(fresh);
    EXPECT_FALSE(fresh->epoch);
    EXPECT_THAT(fresh->positions, IsEmpty());
    ASSERT_TRUE(run.run_epoch(1, {"v0"}, at(1)));
  }
  TransactionRun second = new_run();
  ASSERT_TRUE(second.recover());

  second.open();
  const auto recovered = second.recover();

  ASSERT_TRUE(recovered);
  EXPECT_EQ(recovered->epoch, 1u);
  EXPECT_EQ(positions_of(*recovered).at("in " + input_ + "/0"), 1);
}

TEST_F(KafkaTransactionOnBroker, ASinksTopicThatDoesNotExistIsAnErrorThatNamesIt) {
  PortRequest impatient = writing("never-made");
  impatient.clusters["main"].properties["topic.metadata.propagation.max.ms"] = "1000";
  TransactionRun run({writing(output_), impatient}, {});

  const auto recovered = run.recover();

  ASSERT_FALSE(recovered);
  EXPECT_EQ(recovered.error().kind(), ErrorKind::NotFound);
  EXPECT_THAT(recovered.error().message(), HasSubstr("topic never-made"));
}

TEST_F(KafkaTransactionOnBroker, AfterAnErrorTheSameTransactionCanRecover) {
  const std::string gone = broker_.new_topic(1, "vanishing");
  PortRequest impatient = writing(gone);
  impatient.clusters["main"].properties["topic.metadata.propagation.max.ms"] = "1000";
  TransactionRun run({writing(output_), impatient}, {reading(input_)});
  ASSERT_TRUE(run.recover());
  ASSERT_TRUE(run.run_epoch(1, {"v0"}, at(1)));
  broker_.delete_topic(gone);
  ASSERT_TRUE(run.write({"lost"}, 0));
  ASSERT_TRUE(run.write({"lost"}, 1));
  run.seal(2);

  const Status flushed = run.flush(2);
  ASSERT_FALSE(flushed);
  EXPECT_EQ(flushed.error().kind(), ErrorKind::NotFound);
  EXPECT_THAT(flushed.error().message(), HasSubstr(gone));
  EXPECT_EQ(run.offer({"early"}), 0u);
  const auto at_once = run.recover();
  ASSERT_FALSE(at_once);
  EXPECT_EQ(at_once.error().kind(), ErrorKind::NotFound);
  EXPECT_THAT(at_once.error().message(), HasSubstr(gone));

  broker_.create_topic(gone, 1);
  const auto recovered = run.recover();
  ASSERT_TRUE(recovered);
  EXPECT_EQ(recovered->epoch, 1u);
  ASSERT_TRUE(run.run_epoch(2, {"v1"}, at(2)));
  EXPECT_THAT(broker_.consume(output_, "%s"), ElementsAre("v0", "v1"));
}

TEST_F(KafkaTransactionOnBroker, AMarkOfAnEpochIsNoPositionOfASourceThatReadsTheTopicLater) {
  broker_.produce(input_, 0, {"a", "b", "c"});
  {
    TransactionRun run({writing(input_)}, {});
    ASSERT_TRUE(run.recover());
    for (std::uint64_t epoch = 1; epoch <= 2; ++epoch)
      ASSERT_TRUE(run.run_epoch(epoch, {}));
  }
  ASSERT_EQ(broker_.committed(job_, input_, 0), 2);

  SourceRun source(reading(input_), 1);

  ASSERT_TRUE(source.read(3));
  EXPECT_THAT(source.values(), ElementsAre("a", "b", "c"));
}

TEST_F(KafkaTransactionOnBroker, ATimeThatTheClusterDoesNotAllowIsAnErrorThatNamesTheSetting) {
  PortRequest slow = writing(output_);
  slow.clusters["main"].properties["transaction.timeout.ms"] = "86400000";
  TransactionRun run({slow}, {});

  const auto recovered = run.recover();

  ASSERT_FALSE(recovered);
  EXPECT_EQ(recovered.error().kind(), ErrorKind::Invalid);
  EXPECT_THAT(recovered.error().message(), HasSubstr("transaction.max.timeout.ms"));
}

TEST_F(KafkaTransactionOnBroker, SinksOfTwoClustersAreAnErrorThatSaysWhatToDo) {
  PortRequest one = writing(output_);
  PortRequest other = writing(output_);
  one.options["cluster"] = std::string("main");
  other.options["cluster"] = std::string("second");
  one.clusters["second"] = other.clusters["second"] = {"second", broker_.address(), {}};
  TransactionRun run({one, other}, {});

  ASSERT_TRUE(run.failure());
  EXPECT_THAT(
      run.failure()->message(),
      AllOf(HasSubstr("second, while out is in main"), HasSubstr("delivery = \"at-least-once\"")));
}

}  // namespace
}  // namespace weir::kafka
