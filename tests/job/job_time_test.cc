// How a job follows event time.
#include <gmock/gmock.h>

#include "job/job_fixture.h"

namespace weir {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

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
  // A Kafka broker refuses messages of the far future.
  EXPECT_EQ(world.output("side.unnatural").messages().at(0).timestamp, -1);
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

class WatermarkEveryRecordTest : public SteppedJobTest {
 protected:
  // A source that says its watermark behind every so many records.
  JobSpec summing(std::uint32_t watermark_every) {
    make_sums();
    JobSpec entry = spec();
    entry.sources[0].watermark_every = watermark_every;
    return entry;
  }

  // One poll brings all three; the last is late because of the one before it.
  void feed_late() {
    feed(5, "a");
    feed(21, "a");
    feed(6, "a");
  }
};

TEST_F(WatermarkEveryRecordTest, JudgesEveryRecordByThoseBeforeIt) {
  start(summing(1));
  feed_late();
  host->settle();

  EXPECT_EQ(side_rows("late"), 1u);
}

// The worker that has no split to read may be slow to say so.
TEST_F(WatermarkEveryRecordTest, LetsNoLateRowPassAWorkerWithoutASplit) {
  const JobSpec entry = summing(1);
  feed_late();
  for (std::uint64_t order = 0; order < 300; ++order) {
    SCOPED_TRACE(testing::Message() << "order of steps " << order);
    start(entry, 3, order);
    host->settle();

    EXPECT_EQ(side_rows("late"), 1u);
  }
}

TEST_F(WatermarkEveryRecordTest, ComesNoSoonerThanAfterThreeWhereItSaysThree) {
  start(summing(3));
  feed(21, "a");
  feed(22, "a");
  host->settle();
  EXPECT_FALSE(operator_status("in").watermark.has_value());

  feed(6, "a");
  host->settle();

  EXPECT_EQ(operator_status("in").watermark, EventTime{21});
  EXPECT_EQ(side_rows("late"), 0u);
}

}  // namespace
}  // namespace weir
