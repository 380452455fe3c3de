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
using ::testing::Pair;
using ::testing::SizeIs;
using ::testing::UnorderedElementsAre;

class SteppedJobTest : public JobFixture {
 protected:
  void start(JobSpec entry, std::uint32_t workers = 1) {
    host = std::make_unique<SteppedHost>(options(workers), 1);
    const Status submitted = host->submit(std::move(entry));
    ASSERT_TRUE(submitted) << submitted.error().text();
  }

  JobStatus status() { return host->status().jobs.at(0); }

  OperatorStatus operator_status(const std::string& uid) {
    for (const OperatorStatus& each : status().operators) {
      if (each.uid == uid) return each;
    }
    ADD_FAILURE() << "no operator " << uid;
    return {};
  }

  std::uint64_t side_rows(const std::string& stream) {
    for (const SideStatus& each : status().sides) {
      if (each.stream == stream) return each.rows;
    }
    return 0;
  }

  void feed(std::int64_t tm, std::string_view user, std::int64_t amount = 1) {
    world.topic("in").append(0, click(tm, user, amount));
  }

  void complete_epoch() {
    const std::uint64_t before = status().epoch.completed;
    clock.advance(seconds(1));
    EXPECT_TRUE(host->step_until([&] { return status().epoch.completed > before; }));
  }

  std::vector<std::string> out() { return world.output("out").values(); }
  std::vector<std::string> side(const std::string& stream) {
    return world.output("side." + stream).values();
  }

  // in -> filter "useful" (amount > 0) -> key -> 10 ms windows "sums" -> out.
  void make_sums() {
    const auto useful =
        job->filter("useful", job->source("in"), [](const Click& each) { return each.amount > 0; });
    job->sink("out", job->sum("sums", job->key_by_user("user", useful), {10, 10}));
  }

  std::unique_ptr<SteppedHost> host;
};

TEST_F(SteppedJobTest, MovesRecordsFromASourceToASink) {
  job->sink("out",
            job->filter("big", job->source("in"), [](const Click& c) { return c.amount > 1; }));
  start(spec());

  feed(10, "a", 1);
  feed(20, "b", 2);
  host->settle();

  EXPECT_THAT(out(), ElementsAre(click(20, "b", 2)));
  EXPECT_EQ(operator_status("in").rows_in, 2u);
  EXPECT_EQ(operator_status("big").rows_in, 2u);
  EXPECT_EQ(operator_status("big").filtered, 1u);
  EXPECT_EQ(operator_status("out").rows_out, 1u);
}

TEST_F(SteppedJobTest, FiresAWindowWhenTheWatermarkPassesItsEnd) {
  make_sums();
  start(spec());
  feed(1, "a", 5);
  feed(9, "a", 7);
  host->settle();
  EXPECT_THAT(out(), IsEmpty());

  feed(10, "b", 1);
  host->settle();

  EXPECT_THAT(out(), ElementsAre(click(9, "a", 12)));
  EXPECT_EQ(operator_status("sums").watermark, EventTime{9});
  EXPECT_EQ(operator_status("sums").key_count, 1u);
  EXPECT_EQ(world.output("out").messages().at(0).timestamp, 9);
}

TEST_F(SteppedJobTest, FiresAllWindowsWhenTheSourcesEnd) {
  make_sums();
  start(spec(), 3);
  feed(1, "a", 5);
  feed(11, "b", 7);
  world.topic("in").end_all();
  host->settle();

  EXPECT_THAT(out(), UnorderedElementsAre(click(9, "a", 5), click(19, "b", 7)));
  EXPECT_EQ(status().state, JobState::Finished);
  EXPECT_THAT(world.topic("in").committed(), ElementsAre(Pair("memory/0", 2)));
  EXPECT_EQ(world.output("out").flushed(), 2u);
}

TEST_F(SteppedJobTest, WorksWithoutAStatelessOperator) {
  job->sink("out", job->source("in"));
  start(spec(), 2);
  feed(1, "a");
  world.topic("in").end_all();
  host->settle();

  EXPECT_THAT(out(), ElementsAre(click(1, "a")));
}

TEST_F(SteppedJobTest, UnitesSourcesAndSplitsThemAgain) {
  const auto both = job->unite("both", {job->source("one"), job->source("two")});
  job->sink("small", job->filter("is_small", both, [](const Click& c) { return c.amount < 5; }));
  job->sink("all", both);
  start(spec(), 2);
  world.topic("one").append(0, click(1, "a", 1));
  world.topic("two").append(0, click(1, "b", 9));
  world.topic("one").end_all();
  world.topic("two").end_all();
  host->settle();

  EXPECT_THAT(world.output("small").values(), ElementsAre(click(1, "a", 1)));
  EXPECT_THAT(world.output("all").values(),
              UnorderedElementsAre(click(1, "a", 1), click(1, "b", 9)));
  EXPECT_EQ(status().state, JobState::Finished);
}

TEST_F(SteppedJobTest, GivesMessagesTheKeyOfTheirFields) {
  job->sink("out", job->source("in"));
  JobSpec entry = spec();
  entry.sinks[0].key = {"user", "amount"};
  start(std::move(entry));
  feed(1, "ann", 3);
  host->settle();

  EXPECT_EQ(world.output("out").messages().at(0).key, "ann|3");
}

// Epochs.

TEST_F(SteppedJobTest, CommitsPositionsOnlyBehindTheFlushOfTheSinks) {
  job->sink("out", job->source("in"));
  start(spec());
  feed(10, "a");
  world.output("out").hold_flushes(true);
  host->settle();
  clock.advance(seconds(1));
  host->settle();
  EXPECT_THAT(world.topic("in").committed(), IsEmpty());

  world.output("out").hold_flushes(false);
  host->settle();

  EXPECT_THAT(world.topic("in").committed(), ElementsAre(Pair("memory/0", 1)));
  EXPECT_EQ(world.output("out").flushed(), 1u);
}

TEST_F(SteppedJobTest, CommitsPositionsOnlyBehindTheFlushOfTheSideStreams) {
  job->sink("out", job->filter("none", job->source("in"), [](const Click&) { return false; }));
  JobSpec entry = spec();
  connect_side(entry, "filtered");
  start(std::move(entry), 2);
  feed(10, "a");
  world.output("side.filtered").hold_flushes(true);
  host->settle();
  clock.advance(seconds(1));
  host->settle();
  EXPECT_THAT(world.topic("in").committed(), IsEmpty());

  world.output("side.filtered").hold_flushes(false);
  host->settle();

  EXPECT_THAT(world.topic("in").committed(), ElementsAre(Pair("memory/0", 1)));
}

TEST_F(SteppedJobTest, ACommitThatFailsForNowIsMadeUpFor) {
  job->sink("out", job->source("in"));
  start(spec());
  feed(10, "a");
  host->settle();
  world.topic("in").fail_commits(Error(ErrorKind::Unavailable, "broker is away"));
  complete_epoch();
  EXPECT_THAT(world.topic("in").committed(), IsEmpty());
  EXPECT_EQ(status().state, JobState::Running);

  world.topic("in").fail_commits(std::nullopt);
  complete_epoch();

  EXPECT_THAT(world.topic("in").committed(), ElementsAre(Pair("memory/0", 1)));
}

TEST_F(SteppedJobTest, EpochsGoOnWhenOneSourceHasEnded) {
  job->sink("out", job->unite("both", {job->source("in"), job->source("other")}));
  start(spec(), 2);
  world.topic("other").end_all();
  host->settle();
  feed(1, "a");
  host->settle();

  complete_epoch();

  EXPECT_THAT(world.topic("in").committed(), ElementsAre(Pair("memory/0", 1)));
}

// Time.

TEST_F(SteppedJobTest, TheSlowestSplitHoldsTheWatermarkBack) {
  make_sums();
  world.topic("in", 2);
  start(spec());
  feed(100, "a");
  host->settle();
  complete_epoch();

  EXPECT_FALSE(operator_status("sums").watermark.has_value());
  EXPECT_EQ(operator_status("sums").watermark_holder, "in memory/1");

  world.topic("in").append(1, click(5, "b"));
  host->settle();
  EXPECT_EQ(operator_status("sums").watermark, EventTime{4});
}

TEST_F(SteppedJobTest, ASplitThatIsSilentForLongHoldsNobodyBack) {
  make_sums();
  world.topic("in", 2);
  JobSpec entry = spec();
  entry.sources[0].idle_after = seconds(10);
  start(std::move(entry));
  feed(100, "a");
  host->settle();
  clock.advance(seconds(9));
  host->settle();
  EXPECT_FALSE(operator_status("sums").watermark.has_value());

  clock.advance(seconds(1));
  feed(101, "a");
  host->settle();

  EXPECT_EQ(operator_status("sums").watermark, EventTime{100});
}

TEST_F(SteppedJobTest, ASplitWithRecordsToReadIsNotIdle) {
  make_sums();
  world.topic("in", 2);
  start(spec());
  feed(100, "a");
  host->settle();
  world.topic("in").limit_polls(0);
  world.topic("in").append(1, click(5, "b"));
  clock.advance(seconds(60));
  host->settle();

  EXPECT_FALSE(operator_status("sums").watermark.has_value());
}

TEST_F(SteppedJobTest, TimeSpentBlockedIsNotIdleness) {
  job->sink("out", job->source("in"));
  world.topic("in", 2);
  start(spec());
  world.output("out").limit_writes(0);
  feed(100, "a");
  host->settle();
  clock.advance(seconds(60));
  host->settle();

  world.output("out").limit_writes(SIZE_MAX);
  host->settle();

  EXPECT_FALSE(operator_status("in").watermark.has_value());
}

TEST_F(SteppedJobTest, UnnaturalRecordsGoAsideAndDoNotMoveTheWatermark) {
  make_sums();
  JobSpec entry = spec();
  entry.sources[0].unnatural_after = milliseconds(1000);
  connect_side(entry, "unnatural");
  start(std::move(entry));
  const std::int64_t now = clock.wall_now().time_since_epoch().count();
  feed(now + 1001, "future");
  feed(now + 1000, "present");
  host->settle();

  EXPECT_EQ(operator_status("in").watermark, EventTime{now + 999});
  EXPECT_EQ(operator_status("in").unnatural, 1u);
  EXPECT_THAT(side("unnatural"),
              ElementsAre(AllOf(HasSubstr(R"({"weir.operator":"in","weir.record":"Click",)"),
                                HasSubstr(R"("user":"future")"))));
}

TEST_F(SteppedJobTest, RecordsThatLeadingFiltersDropDoNotMoveTheWatermark) {
  make_sums();
  JobSpec entry = spec();
  connect_side(entry, "filtered");
  start(std::move(entry));
  feed(5, "a", 1);
  feed(50, "b", 0);
  host->settle();

  EXPECT_EQ(operator_status("in").watermark, EventTime{4});
  EXPECT_EQ(operator_status("useful").filtered, 1u);
  EXPECT_THAT(side("filtered"), ElementsAre(HasSubstr(R"("weir.operator":"useful")")));
}

TEST_F(SteppedJobTest, LateRowsGoAside) {
  make_sums();
  JobSpec entry = spec();
  connect_side(entry, "late");
  start(std::move(entry), 2);
  feed(100, "a");
  host->settle();
  feed(5, "b", 3);
  host->settle();

  EXPECT_EQ(side_rows("late"), 1u);
  EXPECT_THAT(
      side("late"),
      ElementsAre(AllOf(HasSubstr(R"("weir.operator":"sums")"), HasSubstr(R"("amount":3)"))));
}

TEST_F(SteppedJobTest, AWatermarkAfterEachRecordJudgesEveryRecordByThoseBeforeIt) {
  make_sums();
  JobSpec entry = spec();
  entry.sources[0].watermark_every = 1;
  start(std::move(entry));
  // One poll brings all three; the last is late because of the one before it.
  feed(5, "a");
  feed(21, "a");
  feed(6, "a");
  host->settle();

  EXPECT_EQ(side_rows("late"), 1u);
}

TEST_F(SteppedJobTest, AWatermarkAfterThreeRecordsComesNoSooner) {
  make_sums();
  JobSpec entry = spec();
  entry.sources[0].watermark_every = 3;
  start(std::move(entry));
  feed(21, "a");
  feed(22, "a");
  host->settle();
  EXPECT_FALSE(operator_status("in").watermark.has_value());

  feed(6, "a");
  host->settle();

  EXPECT_EQ(operator_status("in").watermark, EventTime{21});
  EXPECT_EQ(side_rows("late"), 0u);
}

// Bad records.

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
  EXPECT_EQ(world.output("side.errors").messages().at(0).timestamp, 77);
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

// Trouble.

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

TEST_F(SteppedJobTest, AJobWhosePortDoesNotOpenDoesNotStart) {
  make_sums();
  JobSpec entry = spec();
  world.break_port("out");
  host = std::make_unique<SteppedHost>(options(1), 1);

  const Status submitted = host->submit(std::move(entry));

  ASSERT_FALSE(submitted);
  EXPECT_THAT(submitted.error().message(), HasSubstr("start job clicks: sink out: no output"));
  EXPECT_THAT(host->status().jobs, IsEmpty());
}

TEST_F(SteppedJobTest, AJobThatIsOverCanBeSubmittedAgain) {
  make_sums();
  start(spec());
  EXPECT_FALSE(host->submit(spec()));
  ASSERT_TRUE(host->stop("clicks", seconds(5)));

  EXPECT_TRUE(host->submit(spec()));

  EXPECT_THAT(host->status().jobs, SizeIs(1));
  EXPECT_EQ(status().state, JobState::Running);
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

// Ends.

TEST_F(SteppedJobTest, DrainingWritesAndCommitsWhatWasRead) {
  make_sums();
  start(spec(), 2);
  feed(1, "a");
  feed(11, "a");
  feed(12, "a");
  host->settle();

  ASSERT_TRUE(host->stop("clicks", seconds(5)));

  EXPECT_EQ(status().state, JobState::Stopped);
  EXPECT_THAT(out(), ElementsAre(click(9, "a")));
  EXPECT_EQ(world.output("out").flushed(), 1u);
  EXPECT_THAT(world.topic("in").committed(), ElementsAre(Pair("memory/0", 3)));
}

TEST_F(SteppedJobTest, DrainingEndsAfterItsLimit) {
  job->sink("out", job->source("in"));
  start(spec());
  world.output("out").limit_writes(0);
  feed(1, "a");
  host->settle();
  std::optional<Status> stopped;
  std::size_t steps = 0;
  host->stop_later("clicks", seconds(5), [&](Status outcome) { stopped = std::move(outcome); });
  EXPECT_FALSE(host->step_until([&] { return stopped.has_value(); }, 10'000));
  clock.advance(seconds(5));
  EXPECT_TRUE(host->step_until([&] { return stopped.has_value() || ++steps > 10'000; }));

  ASSERT_TRUE(stopped.has_value());
  EXPECT_FALSE(*stopped);
  EXPECT_EQ(status().state, JobState::Failed);
  EXPECT_THAT(status().cause, HasSubstr("did not get rid of its rows in time"));
  EXPECT_THAT(world.topic("in").committed(), IsEmpty());
}

TEST_F(SteppedJobTest, StoppingAnUnknownJobSaysSo) {
  host = std::make_unique<SteppedHost>(options(1), 1);

  EXPECT_EQ(host->stop("nobody", seconds(1)).error().kind(), ErrorKind::NotFound);
}

TEST_F(SteppedJobTest, NewSplitsAreReadWhileRunning) {
  make_sums();
  start(spec(), 2);
  feed(1, "a");
  host->settle();
  world.topic("in").append_split();
  world.topic("in").append(1, click(2, "b"));
  world.topic("in").end_all();
  host->settle();

  EXPECT_THAT(out(), UnorderedElementsAre(click(9, "a"), click(9, "b")));
}

}  // namespace
}  // namespace weir
