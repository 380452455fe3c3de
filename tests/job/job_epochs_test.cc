// The life of epochs with a transactional sink and a durable state, and what happens when a step
// of it goes wrong.
#include <filesystem>
#include <fstream>

#include <gmock/gmock.h>

#include "job/job_fixture.h"

namespace weir {
namespace {

using fakes::TransactionalBroker;
using std::chrono::seconds;
using Call = TransactionalBroker::Call;
using Trouble = TransactionalBroker::Trouble;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Pair;

class JobEpochsTest : public SteppedJobTest {
 protected:
  void SetUp() override { is_durable = true; }

  // in -> out, in transactions; what is not positive goes to side stream filtered, in the same.
  JobSpec copy_spec() {
    job = std::make_shared<ClickJob>();
    job->sink("out", job->filter("useful", job->source("in"), [](const Click& each) {
      return each.amount > 0;
    }));
    JobSpec entry = spec();
    connect_side(entry, "filtered");
    world.make_transactional("out");
    world.make_transactional("side.filtered");
    return entry;
  }

  void start_copy(std::uint32_t workers = 1) { start(copy_spec(), workers); }

  void start_again() {
    host.reset();
    start_copy();
  }

  std::vector<std::string> published() { return world.broker().values("out"); }
};

TEST_F(JobEpochsTest, RowsShowWithTheirEpoch) {
  start_copy();
  feed(1, "a");
  feed(2, "b", -1);
  host->settle();
  EXPECT_THAT(published(), IsEmpty());

  complete_epoch();

  EXPECT_THAT(published(), ElementsAre(click(1, "a")));
  EXPECT_THAT(world.broker().values("side.filtered"), ElementsAre(HasSubstr(R"("user":"b")")));
  EXPECT_EQ(disk.epoch, 1u);
  EXPECT_EQ(disk.positions.at(0).positions.at(0).position, 2);
  EXPECT_EQ(status().epoch.completed, 1u);
  EXPECT_THAT(world.topic("in").committed(), IsEmpty());
  EXPECT_EQ(status().sinks.at(0).delivery, Delivery::Transactional);
}

TEST_F(JobEpochsTest, RowsOfTheNextEpochWaitInTheHost) {
  start_copy();
  feed(1, "a");
  disk.failure = Error(ErrorKind::Unavailable, "no space left on device");
  host->settle();
  clock.advance(seconds(1));
  host->settle();
  feed(2, "b");
  host->settle();

  EXPECT_EQ(operator_status("in").rows_in, 2u);
  EXPECT_EQ(operator_status("out").rows_out, 1u);
  EXPECT_THAT(published(), IsEmpty());
}

TEST_F(JobEpochsTest, AFullDiskPausesTheJobUntilThereIsRoom) {
  start_copy();
  feed(1, "a");
  disk.failure = Error(ErrorKind::Unavailable, "no space left on device");
  clock.advance(seconds(1));
  host->settle();
  EXPECT_EQ(status().state, JobState::Running);
  EXPECT_THAT(status().epoch.pause, HasSubstr("no space left on device"));
  clock.advance(seconds(10));
  host->settle();
  EXPECT_THAT(published(), IsEmpty());

  disk.failure.reset();
  clock.advance(seconds(10));
  host->settle();

  EXPECT_THAT(published(), ElementsAre(click(1, "a")));
  EXPECT_EQ(status().epoch.pause, "");
  EXPECT_EQ(status().restarts, 0u);
}

TEST_F(JobEpochsTest, AnUnknownResultTakesThePathOfACrashInsideTheProcess) {
  for (const Trouble trouble : {Trouble::Refused, Trouble::Unknown, Trouble::Late}) {
    for (const Call call : {Call::Flush, Call::Commit}) {
      SCOPED_TRACE(testing::Message() << static_cast<int>(trouble) << static_cast<int>(call));
      const std::size_t before = published().size();
      const std::size_t troubles = world.broker().troubles();
      start_again();
      feed(1, "a");
      host->settle();
      world.broker().disturb_next(call, trouble);
      clock.advance(seconds(1));
      host->settle();
      EXPECT_EQ(status().state, JobState::Waiting);
      EXPECT_THAT(status().cause, HasSubstr("did not answer"));

      clock.advance(seconds(1));
      EXPECT_TRUE(step_until(JobState::Running));
      world.broker().deliver_late();
      feed(2, "b");
      host->settle();
      complete_epoch();

      EXPECT_EQ(world.broker().troubles(), troubles + 1);
      EXPECT_EQ(published().size(), before + 2);
      EXPECT_EQ(status().restarts, 1u);
    }
  }
}

TEST_F(JobEpochsTest, AJobThatAnotherHostTookOverFails) {
  start_copy();
  feed(1, "a");
  host->settle();
  JobOwner elsewhere = {.name = "elsewhere"};
  fakes::MemoryTransaction other(world.broker(), "clicks", elsewhere);
  ASSERT_TRUE(other.recover());
  ASSERT_TRUE(other.claim());
  clock.advance(seconds(1));
  host->settle();
  EXPECT_EQ(status().state, JobState::Waiting);
  EXPECT_THAT(status().cause, HasSubstr("shut out"));
  const std::size_t fenced = world.broker().fenced();
  EXPECT_GT(fenced, 0u);

  clock.advance(seconds(1));
  host->settle();

  EXPECT_EQ(status().state, JobState::Failed);
  EXPECT_THAT(status().cause, HasSubstr("job clicks was taken over by another host"));
  EXPECT_THAT(published(), IsEmpty());
  ASSERT_TRUE(other.commit(1, {}));
  EXPECT_EQ(world.broker().fenced(), fenced);
}

TEST_F(JobEpochsTest, AJobThatAStartElsewhereShutOutInVainGoesOn) {
  start_copy();
  feed(1, "a");
  host->settle();
  JobOwner elsewhere = {.name = "elsewhere"};
  fakes::MemoryTransaction other(world.broker(), "clicks", elsewhere);
  ASSERT_TRUE(other.recover());
  clock.advance(seconds(1));
  host->settle();
  EXPECT_EQ(status().state, JobState::Waiting);

  clock.advance(seconds(1));
  EXPECT_TRUE(step_until(JobState::Running));
  host->settle();
  complete_epoch();

  EXPECT_THAT(published(), ElementsAre(click(1, "a")));
}

TEST_F(JobEpochsTest, AnEpochThatAnotherHostPublishedUnderTheSameNumberIsNotTakenForOurs) {
  start_copy();
  feed(1, "a");
  host->settle();
  world.broker().disturb_next(Call::Commit, Trouble::Refused);
  clock.advance(seconds(1));
  ASSERT_TRUE(step_until(JobState::Waiting));
  host.reset();
  ASSERT_EQ(disk.prepared->epoch, 1u);
  JobOwner elsewhere = {.name = "elsewhere"};
  fakes::MemoryTransaction other(world.broker(), "clicks", elsewhere);
  ASSERT_TRUE(other.recover());
  ASSERT_TRUE(other.claim());
  ASSERT_TRUE(other.commit(1, {}));

  start_copy();

  EXPECT_EQ(status().state, JobState::Failed);
  EXPECT_THAT(status().cause, HasSubstr("epoch 1 of elsewhere: the job went on there"));
  EXPECT_THAT(published(), IsEmpty());
  EXPECT_TRUE(disk.prepared);
}

TEST_F(JobEpochsTest, AStopMakesALastEpochFinal) {
  start_copy(2);
  feed(1, "a");
  host->settle();

  ASSERT_TRUE(host->stop("clicks", seconds(5)));

  EXPECT_THAT(published(), ElementsAre(click(1, "a")));
  EXPECT_EQ(disk.epoch, 1u);
  EXPECT_FALSE(disk.prepared);
  EXPECT_EQ(operator_status("in").rows_in, 1u);
}

TEST_F(JobEpochsTest, AStopThatTakesTooLongWaitsForNoAnswerOfTheOutsideWorld) {
  start_copy();
  feed(1, "a");
  host->settle();
  disk.failure = Error(ErrorKind::Unavailable, "no space left on device");
  std::optional<Status> stopped;
  host->stop_later("clicks", seconds(5), [&](const Status& outcome) { stopped = outcome; });
  host->settle();
  EXPECT_EQ(world.broker().given_up(), 0u);

  clock.advance(seconds(6));

  ASSERT_TRUE(host->step_until([&] { return stopped.has_value(); }, 10'000));
  EXPECT_FALSE(*stopped);
  EXPECT_EQ(status().state, JobState::Failed);
  EXPECT_EQ(world.broker().given_up(), 1u);
}

TEST_F(JobEpochsTest, TheEndOfTheSourcesIsAnEpochOfItsOwn) {
  start_copy(2);
  feed(1, "a");
  world.topic("in").end_all();
  host->settle();

  EXPECT_EQ(status().state, JobState::Finished);
  EXPECT_THAT(published(), ElementsAre(click(1, "a")));
  EXPECT_EQ(disk.positions.at(0).positions.at(0).position, 1);
}

TEST_F(JobEpochsTest, AStopThatMeetsTheEndOfTheSourcesFindsTheJobFinished) {
  for (std::size_t steps = 0; steps < 200; ++steps) {
    SCOPED_TRACE(steps);
    disk = {};
    job = std::make_shared<ClickJob>();
    fakes::MemoryConnector fresh;
    std::swap(world, fresh);
    start_copy();
    feed(1, "a");
    world.topic("in").end_all();
    for (std::size_t i = 0; i < steps; ++i)
      host->step();
    bool is_answered = false;
    host->stop_later("clicks", seconds(5), [&](const Status& stopped) {
      EXPECT_TRUE(stopped);
      is_answered = true;
    });
    EXPECT_TRUE(host->step_until([&] { return is_answered; }, 10'000));
    EXPECT_TRUE(is_over(status().state));
    host.reset();
  }
}

TEST_F(JobEpochsTest, ACrashBetweenTwoEpochsLosesAndRepeatsNothing) {
  start_copy();
  feed(1, "a");
  host->settle();
  complete_epoch();
  feed(2, "b");
  host->settle();
  start_again();
  host->settle();
  complete_epoch();

  EXPECT_THAT(published(), ElementsAre(click(1, "a"), click(2, "b")));
  EXPECT_EQ(disk.epoch, 2u);
}

TEST_F(JobEpochsTest, AStateThatIsTooOldStopsTheJob) {
  start_copy();
  complete_epoch();
  const fakes::MemoryDisk first = disk;
  complete_epoch();
  host.reset();

  disk = first;
  start_copy();

  EXPECT_EQ(status().state, JobState::Failed);
  EXPECT_THAT(status().cause, HasSubstr("ends with epoch 1, but the sinks hold epoch 2"));
}

TEST_F(JobEpochsTest, AStateThatIsGoneStopsTheJobUnlessToldOtherwise) {
  start_copy();
  feed(1, "a");
  host->settle();
  complete_epoch();
  host.reset();

  disk = {};
  start_copy();
  EXPECT_EQ(status().state, JobState::Failed);
  EXPECT_THAT(status().cause, HasSubstr("--start-empty"));

  host.reset();
  JobSpec told = copy_spec();
  told.may_start_empty = true;
  start(std::move(told));
  feed(2, "b");
  host->settle();
  complete_epoch();

  EXPECT_THAT(published(), ElementsAre(click(1, "a"), click(2, "b")));
  EXPECT_THAT(log.lines(), testing::Contains(HasSubstr("there is no state")));
}

TEST_F(JobEpochsTest, WithoutATransactionPositionsAreCommittedBehindTheState) {
  make_sums();
  start(spec());
  feed(1, "a");
  host->settle();
  disk.failure = Error(ErrorKind::Unavailable, "no space left on device");
  clock.advance(seconds(1));
  host->settle();
  EXPECT_THAT(world.topic("in").committed(), IsEmpty());

  disk.failure.reset();
  clock.advance(seconds(10));
  host->settle();

  EXPECT_GE(disk.epoch, 1u);
  EXPECT_THAT(world.topic("in").committed(), ElementsAre(Pair("memory/0", 1)));
}

TEST_F(JobEpochsTest, WithoutATransactionOpenWindowsSurviveAsTheirPositionsDo) {
  make_sums();
  start(spec());
  feed(1, "a", 5);
  host->settle();
  complete_epoch();
  ASSERT_THAT(world.topic("in").committed(), ElementsAre(Pair("memory/0", 1)));
  host.reset();

  start(spec());
  feed(2, "a", 6);
  world.topic("in").end_all();
  host->settle();

  EXPECT_THAT(out(), ElementsAre(click(9, "a", 11)));
}

TEST_F(JobEpochsTest, ARestartWaitsForAnOutsideWorldThatIsAway) {
  start_copy();
  feed(1, "a");
  host->settle();
  complete_epoch();
  world.break_port("in");
  world.broker().disturb_next(Call::Flush, Trouble::Refused);
  clock.advance(seconds(1));
  ASSERT_TRUE(step_until(JobState::Waiting));
  clock.advance(seconds(60));
  ASSERT_TRUE(host->step_until([this] { return status().restarts == 1; }, 10'000));
  ASSERT_TRUE(step_until(JobState::Waiting));

  world.mend_port("in");
  clock.advance(seconds(60));
  ASSERT_TRUE(step_until(JobState::Running));
  feed(2, "b");
  host->settle();
  complete_epoch();

  EXPECT_THAT(published(), ElementsAre(click(1, "a"), click(2, "b")));
}

TEST_F(JobEpochsTest, ARestartWaitsForAPoolWhoseFileIsBeingReplaced) {
  const auto path = std::filesystem::path(testing::TempDir()) / "weir_job_epochs_test_ids";
  std::ofstream(path) << "video-1";
  JobSpec entry = copy_spec();
  entry.pools = {{.name = "watched", .path = path}};
  start(std::move(entry));
  std::filesystem::remove(path);
  world.broker().disturb_next(Call::Flush, Trouble::Refused);
  clock.advance(seconds(1));
  ASSERT_TRUE(step_until(JobState::Waiting));
  clock.advance(seconds(60));
  ASSERT_TRUE(host->step_until([this] { return status().restarts == 1; }, 10'000));
  ASSERT_TRUE(step_until(JobState::Waiting));
  EXPECT_THAT(status().cause, HasSubstr("pool watched"));

  std::ofstream(path) << "video-2";
  clock.advance(seconds(60));

  EXPECT_TRUE(step_until(JobState::Running));
  std::filesystem::remove(path);
}

TEST_F(JobEpochsTest, ASplitThatIsGoneForGoodIsForgotten) {
  world.topic("in", 2);
  start_copy();
  world.topic("in").append(1, click(1, "a", 1));
  host->settle();
  complete_epoch();
  ASSERT_EQ(disk.positions.at(0).positions.size(), 2u);
  host.reset();

  world.topic("in").delete_last_split();
  start_copy();
  feed(2, "b");
  host->settle();
  complete_epoch();

  EXPECT_THAT(published(), ElementsAre(click(1, "a"), click(2, "b")));
  ASSERT_EQ(disk.positions.at(0).positions.size(), 1u);
  EXPECT_EQ(disk.positions.at(0).positions.at(0).split, "memory/0");
}

TEST_F(JobEpochsTest, AnEpochEndsEarlyWhenMuchWasRead) {
  JobSpec entry = copy_spec();
  entry.epoch_bytes = 5'000;
  start(std::move(entry));
  feed(1, "a");
  clock.advance(std::chrono::milliseconds(20));
  host->settle();
  EXPECT_EQ(status().epoch.completed, 0u);

  for (int i = 0; i < 100; ++i)
    feed(1, std::string(50, 'a'));
  host->settle();
  clock.advance(std::chrono::milliseconds(20));
  host->settle();

  EXPECT_EQ(status().epoch.completed, 1u);
}

TEST_F(JobEpochsTest, PositionsThatAreNotInTheTransactionAreCommittedBehindIt) {
  world.put_elsewhere("in");
  start_copy();
  feed(1, "a");
  host->settle();
  complete_epoch();

  EXPECT_THAT(world.topic("in").committed(), ElementsAre(Pair("memory/0", 1)));
}

}  // namespace
}  // namespace weir
