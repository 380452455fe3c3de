// How rows move through a job, how its epochs are committed and how it ends.
#include <gmock/gmock.h>

#include "job/job_fixture.h"

namespace weir {
namespace {

using std::chrono::seconds;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Pair;
using ::testing::UnorderedElementsAre;

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

TEST_F(SteppedJobTest, AFieldTakesTheKeyOfTheMessageInsteadOfAValue) {
  job->sink("out", job->source("in"));
  JobSpec entry = spec();
  entry.sources[0].key_field = "user";
  start(std::move(entry));

  world.topic("in").append(0, fakes::Message{.key = "ann", .value = R"({"tm":10,"amount":1})"});
  world.topic("in").append(0, fakes::Message{.key = "bob", .value = click(20, "nobody", 2)});
  host->settle();

  EXPECT_THAT(out(), ElementsAre(click(10, "ann", 1), click(20, "bob", 2)));
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

TEST_F(SteppedJobTest, AFieldBecomesAHeaderOfEveryMessage) {
  job->sink("out", job->source("in"));
  JobSpec entry = spec();
  entry.sinks.at(0).header_fields = {{"amount", "x-amount"}, {"user", "x-user"}};
  start(std::move(entry));
  feed(1, "a", 7);
  feed(2, "b", 8);
  host->settle();

  const auto messages = world.output("out").messages();
  ASSERT_EQ(messages.size(), 2u);
  EXPECT_THAT(messages[0].headers, ElementsAre(Pair("x-amount", "7"), Pair("x-user", "a")));
  EXPECT_THAT(messages[1].headers, ElementsAre(Pair("x-amount", "8"), Pair("x-user", "b")));
  EXPECT_EQ(messages[1].value, click(2, "b", 8));
}

}  // namespace
}  // namespace weir
