// What a job does with bad records and when something breaks.
#include <stdexcept>

#include <gmock/gmock.h>

#include "job/job_fixture.h"

namespace weir {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

TEST_F(SteppedJobTest, BytesThatAreNoRowGoAsideWithTheirOrigin) {
  make_sums();
  JobSpec entry = spec();
  connect_side(entry, "errors");
  start(std::move(entry));
  feed(5, "a");
  world.topic("in").append(0, fakes::Message{.key = "k", .value = R"({"tm":1})", .timestamp = 77});
  feed(6, "a");
  host->settle();

  EXPECT_EQ(operator_status("in").errors, 1u);
  EXPECT_EQ(operator_status("in").rows_out, 2u);
  EXPECT_THAT(side("errors"),
              ElementsAre(AllOf(HasSubstr(R"("job":"clicks")"),
                                HasSubstr(R"("operator":"in")"),
                                HasSubstr(R"("reason":"missing")"),
                                HasSubstr(R"("topic":"memory")"),
                                HasSubstr(R"("offset":1)"),
                                HasSubstr(R"("value":"eyJ0bSI6MX0=")"))));
  EXPECT_THAT(side("errors").at(0), HasSubstr(R"("timestamp":77)"));
  EXPECT_EQ(world.output("side.errors").messages().at(0).timestamp, -1);
}

TEST_F(SteppedJobTest, ATombstoneIsAnErrorOfItsOwn) {
  make_sums();
  JobSpec entry = spec();
  connect_side(entry, "errors");
  start(std::move(entry));
  world.topic("in").append(0, fakes::Message{.key = "k", .value = "", .has_value = false});
  host->settle();

  EXPECT_THAT(side("errors"), ElementsAre(HasSubstr(R"("reason":"no value")")));
}

TEST_F(SteppedJobTest, BadRecordsAreCountedWhenNothingIsConnected) {
  make_sums();
  start(spec());
  world.topic("in").append(0, "nonsense");
  host->settle();

  EXPECT_EQ(side_rows("errors"), 1u);
  EXPECT_EQ(status().state, JobState::Running);
}

TEST_F(SteppedJobTest, ABadRecordStopsAJobThatAsksForIt) {
  make_sums();
  JobSpec entry = spec();
  entry.on_error = OnError::Stop;
  start(std::move(entry));
  feed(5, "a");
  world.topic("in").append(0, "nonsense");
  host->settle();

  EXPECT_EQ(status().state, JobState::Failed);
  EXPECT_THAT(status().cause, HasSubstr("job clicks: source in: record of memory/0 at offset 1: "));
}

TEST_F(SteppedJobTest, ARowThatAFunctionRefusesGoesAside) {
  job->sink("out", job->filter("picky", job->source("in"), [](const Click& each) {
    if (each.amount == 2) throw std::runtime_error("two is too much");
    return true;
  }));
  JobSpec entry = spec();
  connect_side(entry, "errors");
  start(std::move(entry));
  for (std::int64_t amount = 1; amount <= 3; ++amount)
    feed(amount, "a", amount);
  host->settle();

  EXPECT_THAT(out(), ElementsAre(click(1, "a", 1), click(3, "a", 3)));
  EXPECT_EQ(operator_status("picky").rejected, 1u);
  EXPECT_THAT(side("errors"),
              ElementsAre(AllOf(HasSubstr(R"("operator":"picky")"), HasSubstr("two is too much"))));
}

TEST_F(SteppedJobTest, SlowRecordsAreTimed) {
  job->sink("out", job->source("in"));
  JobSpec entry = spec();
  connect_side(entry, "timing");
  entry.sides[0].slower_than = milliseconds(60'000);
  start(std::move(entry));
  const std::int64_t now = clock.wall_now().time_since_epoch().count();
  feed(now - 60'001, "slow");
  feed(now - 60'000, "fast");
  host->settle();

  EXPECT_THAT(side("timing"), ElementsAre(HasSubstr(R"("delay_ms":60001)")));
}

TEST_F(SteppedJobTest, AFailingSinkFailsTheJobWithItsName) {
  make_sums();
  start(spec(), 2);
  world.output("out").fail(Error(ErrorKind::Invalid, "topic is gone"));
  feed(1, "a");
  feed(50, "a");
  host->settle();

  EXPECT_EQ(status().state, JobState::Failed);
  EXPECT_THAT(status().cause, HasSubstr("job clicks: sink out: topic is gone"));
}

TEST_F(SteppedJobTest, AFailingSourceFailsTheJobWithItsName) {
  make_sums();
  start(spec(), 2);
  world.topic("in").fail(Error(ErrorKind::NotFound, "partition 0 was deleted"));
  host->settle();

  EXPECT_EQ(status().state, JobState::Failed);
  EXPECT_THAT(status().cause, HasSubstr("source in: partition 0 was deleted"));
}

TEST_F(SteppedJobTest, AFailedJobDoesNotStopAnother) {
  make_sums();
  start(spec());
  JobSpec other = spec();
  other.name = "other";
  other.sources[0].request.port = "other_in";
  other.sinks[0].request.port = "other_out";
  world.topic("other_in");
  world.output("other_out");
  ASSERT_TRUE(host->submit(std::move(other)));

  world.topic("in").fail(Error(ErrorKind::NotFound, "gone"));
  host->settle();
  world.topic("other_in").append(0, click(1, "a", 4));
  world.topic("other_in").append(0, click(50, "a", 4));
  host->settle();

  EXPECT_EQ(host->status().jobs.at(0).state, JobState::Failed);
  EXPECT_EQ(host->status().jobs.at(1).state, JobState::Running);
  EXPECT_THAT(world.output("other_out").values(), ElementsAre(click(9, "a", 4)));
}

TEST_F(SteppedJobTest, AJobWhosePortDoesNotOpenFailsWithItsCause) {
  make_sums();
  JobSpec entry = spec();
  world.break_port("out");
  start(std::move(entry));

  EXPECT_EQ(status().state, JobState::Failed);
  EXPECT_THAT(status().cause, HasSubstr("job clicks: sink out: no output"));
  EXPECT_EQ(status().plugin, "test");
}

TEST_F(SteppedJobTest, AJobThatIsOverCanBeSubmittedAgain) {
  make_sums();
  start(spec());
  EXPECT_FALSE(host->submit(spec()));
  ASSERT_TRUE(host->stop("clicks", seconds(5)));

  EXPECT_TRUE(host->submit(spec()));

  EXPECT_THAT(host->status().jobs, SizeIs(1));
  EXPECT_TRUE(step_until(JobState::Running));
}

TEST_F(SteppedJobTest, BackpressureReachesTheSource) {
  job->sink("out", job->source("in"));
  start(spec());
  world.output("out").limit_writes(0);
  for (int i = 0; i < 5000; ++i)
    feed(i, "a");
  host->settle();

  EXPECT_LT(operator_status("in").rows_in, 1000u);

  world.output("out").limit_writes(7);
  EXPECT_TRUE(host->step_until([&] { return world.output("out").size() == 5000; }));
}

TEST_F(SteppedJobTest, BlockedTimeShows) {
  job->sink("out", job->source("in"));
  start(spec());
  world.output("out").limit_writes(0);
  feed(1, "a");
  host->settle();
  clock.advance(seconds(2));
  host->settle();

  EXPECT_NEAR(operator_status("in").blocked_share, 1.0, 0.01);
}

}  // namespace
}  // namespace weir
