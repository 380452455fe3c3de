#include <gmock/gmock.h>

#include "job/job_fixture.h"

namespace weir {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Pair;
using ::testing::SizeIs;

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

  void complete_epoch() {
    const std::uint64_t before = status().epoch.completed;
    clock.advance(std::chrono::seconds(1));
    EXPECT_TRUE(host->step_until([&] { return status().epoch.completed > before; }));
  }

  std::unique_ptr<SteppedHost> host;
};

TEST_F(SteppedJobTest, MovesRecordsFromASourceToASink) {
  job->sink("out",
            job->filter("big", job->source("in"), [](const Click& c) { return c.amount > 1; }));
  start(spec());

  world.topic("in").append(0, click(10, "a", 1));
  world.topic("in").append(0, click(20, "b", 2));
  host->settle();

  EXPECT_THAT(world.output("out").values(), ElementsAre(click(20, "b", 2)));
  EXPECT_EQ(operator_status("big").rows_in, 2u);
  EXPECT_EQ(operator_status("big").filtered, 1u);
}

TEST_F(SteppedJobTest, CommitsPositionsOnlyBehindTheFlushOfTheSinks) {
  job->sink("out", job->source("in"));
  start(spec());
  world.topic("in").append(0, click(10, "a"));
  world.output("out").hold_flushes(true);
  host->settle();
  clock.advance(std::chrono::seconds(1));
  host->settle();
  EXPECT_THAT(world.topic("in").committed(), IsEmpty());

  world.output("out").hold_flushes(false);
  host->settle();

  EXPECT_THAT(world.topic("in").committed(), ElementsAre(Pair("memory/0", 1)));
  EXPECT_EQ(world.output("out").flushed(), 1u);
}

TEST_F(SteppedJobTest, FinishesWhenAllSourcesHaveEnded) {
  job->sink("out", job->source("in"));
  start(spec(), 2);
  world.topic("in").append(0, click(10, "a"));
  world.topic("in").end_all();

  host->settle();

  EXPECT_EQ(status().state, JobState::Finished);
  EXPECT_THAT(world.topic("in").committed(), ElementsAre(Pair("memory/0", 1)));
}

}  // namespace
}  // namespace weir
