#include "checkpoint/epoch_committer.h"

#include <memory>
#include <vector>

#include <gmock/gmock.h>

#include "fakes/memory_image.h"
#include "fakes/memory_transaction.h"

namespace weir {
namespace {

using fakes::TransactionalBroker;
using Step = EpochCommitter::Step;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

class EpochCommitterTest : public testing::Test {
 protected:
  void SetUp() override {
    ASSERT_TRUE(transaction.recover());
    ASSERT_TRUE(transaction.claim());
    writer = std::move(transaction.open_sink("out")->open_writers(1)->front());
    make({.image = image.get(), .transaction = &transaction});
  }

  void make(EpochCommitter::Parts parts) { committer = std::make_unique<EpochCommitter>(parts); }

  void write(std::string_view value) {
    OutMessage message;
    message.value = value;
    ASSERT_EQ(*writer->write({&message, 1}), 1u);
  }

  void close(std::uint64_t epoch) {
    writer->seal(epoch);
    EpochDelta closed;
    closed.epoch = epoch;
    closed.positions = {{"in", {{"in/0", static_cast<std::int64_t>(epoch * 10)}}}};
    committer->take(std::move(closed));
  }

  // Steps until an epoch is final; the steps that were done.
  std::vector<Step> finish_epoch() {
    std::vector<Step> steps;
    for (;;) {
      steps.push_back(committer->next());
      const auto done = committer->step();
      if (!done) {
        ADD_FAILURE() << done.error().text();
        return steps;
      }
      if (*done) return steps;
    }
  }

  TransactionalBroker broker;
  JobOwner owner = {.name = "this"};
  fakes::MemoryTransaction transaction{broker, "job", owner};
  fakes::MemoryDisk disk;
  std::unique_ptr<StateImage> image = fakes::open_memory_image(disk);
  std::unique_ptr<SinkWriter> writer;
  std::unique_ptr<EpochCommitter> committer;
};

TEST_F(EpochCommitterTest, FlushesPreparesPublishesAndKeeps) {
  write("a");
  close(1);

  EXPECT_THAT(finish_epoch(), ElementsAre(Step::Flush, Step::Prepare, Step::Publish, Step::Keep));
  EXPECT_EQ(committer->next(), Step::Idle);
  EXPECT_THAT(broker.values("out"), ElementsAre("a"));
  EXPECT_EQ(disk.epoch, 1u);
  EXPECT_EQ(disk.positions.at(0).positions.at(0).position, 10);
}

TEST_F(EpochCommitterTest, ShowsNothingBeforeTheStateIsPrepared) {
  write("a");
  close(1);

  while (committer->next() != Step::Publish) {
    EXPECT_THAT(broker.values("out"), IsEmpty());
    ASSERT_TRUE(committer->step());
  }

  EXPECT_TRUE(disk.prepared);
  EXPECT_EQ(disk.epoch, 0u);
}

TEST_F(EpochCommitterTest, TakesTheNextEpochWhileOneIsUnderWay) {
  close(1);
  ASSERT_TRUE(committer->step());
  close(2);

  EXPECT_THAT(finish_epoch(), ElementsAre(Step::Prepare, Step::Publish, Step::Keep));
  EXPECT_EQ(disk.epoch, 1u);
  EXPECT_THAT(finish_epoch(), ElementsAre(Step::Flush, Step::Prepare, Step::Publish, Step::Keep));
  EXPECT_EQ(disk.epoch, 2u);
}

TEST_F(EpochCommitterTest, AFullDiskIsTriedAgain) {
  close(1);
  ASSERT_TRUE(committer->step());
  disk.failure = Error(ErrorKind::Unavailable, "no space left on device");

  const auto refused = committer->step();
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().kind(), ErrorKind::Unavailable);
  EXPECT_THAT(refused.error().message(), HasSubstr("no space left"));
  EXPECT_EQ(committer->next(), Step::Prepare);

  disk.failure.reset();
  EXPECT_THAT(finish_epoch(), ElementsAre(Step::Prepare, Step::Publish, Step::Keep));
}

TEST_F(EpochCommitterTest, AnUnknownResultLeavesTheStatePrepared) {
  write("a");
  close(1);
  broker.disturb_next(TransactionalBroker::Call::Commit, TransactionalBroker::Trouble::Unknown);

  ASSERT_TRUE(committer->step());
  ASSERT_TRUE(committer->step());
  EXPECT_FALSE(committer->step());

  EXPECT_EQ(broker.troubles(), 1u);
  EXPECT_EQ(disk.epoch, 0u);
  EXPECT_TRUE(disk.prepared);
  EXPECT_THAT(broker.values("out"), ElementsAre("a"));
}

TEST_F(EpochCommitterTest, WithoutATransactionTheImageIsTheJudge) {
  make({.image = image.get()});
  close(1);

  EXPECT_THAT(finish_epoch(), ElementsAre(Step::Prepare, Step::Keep));
  EXPECT_EQ(disk.epoch, 1u);
}

TEST_F(EpochCommitterTest, WithoutAnythingAnEpochIsFinalAtOnce) {
  make({});
  close(1);
  close(2);

  EXPECT_THAT(finish_epoch(), ElementsAre(Step::Idle));
  EXPECT_THAT(finish_epoch(), ElementsAre(Step::Idle));
  EXPECT_FALSE(*committer->step());
}

}  // namespace
}  // namespace weir
