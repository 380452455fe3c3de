// Copies of the state of a job that runs.
#include <gmock/gmock.h>

#include "job/job_fixture.h"

namespace weir {
namespace {

using std::chrono::seconds;
using ::testing::AnyOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Pair;

class StateCopyTest : public SteppedJobTest {
 protected:
  void SetUp() override { is_durable = true; }

  void start_copy(std::uint32_t workers = 1, std::uint64_t order = 1) {
    job = std::make_shared<ClickJob>();
    job->sink("out", job->source("in"));
    JobSpec entry = spec();
    world.make_transactional("out");
    start(std::move(entry), workers, order);
  }

  // What it is refused with.
  Error refusal(const char* name = "clicks") {
    const Status copied = host->copy_state(name, "/copy");
    return copied ? Error(ErrorKind::Corrupt, "it was not refused") : copied.error();
  }
};

TEST_F(StateCopyTest, HoldsTheLastCommittedEpoch) {
  start_copy();
  feed(1, "a");
  complete_epoch();
  feed(2, "b");
  complete_epoch();

  EXPECT_TRUE(host->copy_state("clicks", "/copy"));

  EXPECT_THAT(disk.copies, ElementsAre(Pair("/copy", 2)));
}

// The image itself checks that nothing is prepared when it is copied.
TEST_F(StateCopyTest, FallsBetweenTwoEpochsWheneverItIsAskedFor) {
  for (std::uint64_t order = 1; order <= 60; ++order) {
    SCOPED_TRACE(testing::Message() << "order " << order);
    start_copy(2, order);
    feed(1, "a");
    complete_epoch();
    const std::uint64_t before = disk.epoch;
    feed(2, "b");
    clock.advance(seconds(1));
    for (std::uint64_t i = 0; i < order; ++i)
      host->step();

    ASSERT_TRUE(host->copy_state("clicks", "/copy"));

    EXPECT_GE(disk.copies["/copy"], before);
    EXPECT_LE(disk.copies["/copy"], before + 1);
    host->settle();
    EXPECT_EQ(status().epoch.completed, before + 1);
    host.reset();
  }
}

TEST_F(StateCopyTest, DoesNotWaitForABarrier) {
  make_sums();
  start(spec());
  feed(1, "a");
  complete_epoch();
  world.output("out").hold_flushes(true);
  clock.advance(seconds(1));
  host->settle();

  EXPECT_TRUE(host->copy_state("clicks", "/copy"));

  EXPECT_THAT(disk.copies, ElementsAre(Pair("/copy", 1)));
  world.output("out").hold_flushes(false);
  host->settle();
  EXPECT_EQ(status().epoch.completed, 2u);
}

TEST_F(StateCopyTest, IsRefusedBeforeTheFirstEpoch) {
  start_copy();
  EXPECT_EQ(refusal().kind(), ErrorKind::Unavailable);
  EXPECT_THAT(refusal().message(), HasSubstr("no epoch that is final yet"));
  EXPECT_THAT(disk.copies, IsEmpty());
}

TEST_F(StateCopyTest, IsRefusedByAJobThatKeepsNoState) {
  is_durable = false;
  start_copy();
  EXPECT_EQ(refusal().kind(), ErrorKind::Invalid);
  EXPECT_THAT(refusal().message(), HasSubstr("keeps no state"));
}

TEST_F(StateCopyTest, IsRefusedWhileThereIsNoRoomForAnEpoch) {
  start_copy();
  complete_epoch();
  disk.failure = Error(ErrorKind::Unavailable, "no space left on device");
  feed(1, "a");
  clock.advance(seconds(1));
  host->settle();

  EXPECT_EQ(refusal().kind(), ErrorKind::Unavailable);
  EXPECT_THAT(refusal().message(), HasSubstr("is paused: "));
  EXPECT_THAT(refusal().message(), HasSubstr("no space left on device"));
}

TEST_F(StateCopyTest, IsRefusedByAJobThatIsOverOrNotThere) {
  start_copy();
  complete_epoch();
  ASSERT_TRUE(host->stop("clicks", seconds(10)));
  EXPECT_EQ(refusal().kind(), ErrorKind::Unavailable);
  EXPECT_EQ(refusal().message(), "job clicks is stopped");
  EXPECT_EQ(refusal("views").kind(), ErrorKind::NotFound);
}

TEST_F(StateCopyTest, IsRefusedWhenTheEpochItWaitsForFails) {
  start_copy();
  feed(1, "a");
  complete_epoch();
  feed(2, "b");
  clock.advance(seconds(1));
  world.broker().disturb_next(fakes::TransactionalBroker::Call::Commit,
                              fakes::TransactionalBroker::Trouble::Unknown);
  ASSERT_TRUE(host->step_until([&] { return disk.prepared.has_value(); }));

  // It depends on whether the copy was asked for before or after that.
  EXPECT_THAT(refusal().message(), AnyOf("job clicks is failing", "job clicks is waiting"));

  EXPECT_TRUE(step_until(JobState::Waiting));
  clock.advance(seconds(1));
  EXPECT_TRUE(step_until(JobState::Running));
  EXPECT_TRUE(host->copy_state("clicks", "/copy"));
}

}  // namespace
}  // namespace weir
