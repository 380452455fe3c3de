// Jobs run by the harness of weir/testing.h, which sees them as the host does.

#include <random>

#include <gmock/gmock.h>
#include <weir/testing.h>

#include "seed/test_seed.h"

namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

struct Step {
  weir::Time at;
  weir::Text user;
  std::int32_t cost;
};
WEIR_RECORD(Step, at, user, cost)

struct Sum {
  std::int64_t cost = 0;
  std::int32_t steps = 0;
};
WEIR_STATE(Sum, 1, cost, steps)

struct Total {
  weir::Text user;
  weir::Time start;
  std::int64_t cost;
  std::int32_t steps;

  friend bool operator==(const Total&, const Total&) = default;
};
WEIR_RECORD(Total, user, start, cost, steps)

std::ostream& operator<<(std::ostream& out, const Total& total) {
  return out << total.user << " from " << total.start << ": " << total.cost << " in "
             << total.steps;
}

weir::Time at(weir::Duration since) {
  return weir::Time{} + since;
}

void add(Sum& sum, const Step& step) {
  sum.cost += step.cost;
  ++sum.steps;
  if (step.cost == 13) throw std::runtime_error("unlucky");
}

void merge(Sum& into, const Sum& from) {
  into.cost += from.cost;
  into.steps += from.steps;
}

void emit(const weir::Key<weir::Text>& key,
          weir::Window window,
          const Sum& sum,
          weir::Out<Total> out) {
  out({std::get<0>(key), window.start, sum.cost, sum.steps});
}

auto steps_by_user(weir::Flow& flow) {
  const auto cheapest = flow.param("cheapest", 0, "steps that cost less are not wanted");
  return flow.source<Step>("steps")
      .event_time(&Step::at, weir::out_of_order(2s))
      .filter("wanted", [cheapest](const Step& step) { return step.cost >= cheapest; })
      .key_by("user", &Step::user);
}

void tumbling(weir::Flow& flow) {
  steps_by_user(flow).window("totals", weir::tumbling(10s)).aggregate<Sum>(&add, &emit).sink("out");
}

TEST(JobTest, FiresAWindowWhenTheWatermarkHasPassedIt) {
  weir::testing::JobTest job(tumbling);

  job.feed("steps", Step{at(1s), "ann", 5});
  job.feed("steps", Step{at(9s), "ann", 6});
  job.feed("steps", Step{at(11'999ms), "bob", 1});
  EXPECT_THAT(job.take<Total>("out"), IsEmpty());
  job.feed("steps", Step{at(12s), "bob", 2});

  EXPECT_THAT(job.take<Total>("out"), ElementsAre(Total{"ann", at(0s), 11, 2}));
  job.end();
  EXPECT_THAT(job.take<Total>("out"), ElementsAre(Total{"bob", at(10s), 3, 2}));
}

TEST(JobTest, SetsLateRowsAside) {
  weir::testing::JobTest job(tumbling);

  job.feed("steps", Step{at(1s), "ann", 5});
  job.advance(at(10s));
  job.feed("steps", Step{at(9s), "ann", 7});
  job.end();

  EXPECT_THAT(job.take<Total>("out"), ElementsAre(Total{"ann", at(0s), 5, 1}));
  EXPECT_THAT(job.take_late<Step>("totals"), SizeIs(1));
}

TEST(JobTest, SetsFilteredRowsAsideAndFollowsParameters) {
  weir::testing::JobTest job(tumbling);

  job.set("cheapest", 10);
  job.feed("steps", Step{at(1s), "ann", 5});
  job.set("cheapest", 3);
  job.feed("steps", Step{at(1s), "ann", 5});
  job.end();

  EXPECT_THAT(job.take_filtered<Step>("wanted"), SizeIs(1));
  EXPECT_THAT(job.take<Total>("out"), ElementsAre(Total{"ann", at(0s), 5, 1}));
}

TEST(JobTest, LeavesNoTraceOfARowThatThrew) {
  weir::testing::JobTest job(tumbling);

  job.feed("steps", Step{at(1s), "ann", 5});
  job.feed("steps", Step{at(2s), "ann", 13});
  job.end();

  EXPECT_THAT(job.take<Total>("out"), ElementsAre(Total{"ann", at(0s), 5, 1}));
  const auto rejected = job.take_rejected();
  ASSERT_THAT(rejected, SizeIs(1));
  EXPECT_EQ(rejected[0].uid, "totals");
  EXPECT_EQ(rejected[0].message, "unlucky");
}

TEST(JobTest, FiresAgainForRowsWithinTheAllowedLateness) {
  weir::testing::JobTest job([](weir::Flow& flow) {
    steps_by_user(flow)
        .window("totals", weir::tumbling(10s))
        .allowed_lateness(5s)
        .aggregate<Sum>(&add, &emit)
        .sink("out");
  });

  job.feed("steps", Step{at(1s), "ann", 5});
  job.advance(at(12s));
  job.feed("steps", Step{at(2s), "ann", 6});
  job.advance(at(20s));
  job.feed("steps", Step{at(3s), "ann", 7});

  EXPECT_THAT(job.take<Total>("out"),
              ElementsAre(Total{"ann", at(0s), 5, 1}, Total{"ann", at(0s), 11, 2}));
  EXPECT_THAT(job.take_late<Step>("totals"), SizeIs(1));
}

// Against sums over all rows of each window. The bound on disorder is wide, so nothing is late.
TEST(JobTest, SlidingWindowsHoldWhatFallsIntoThem) {
  std::mt19937_64 random(weir::tests::test_seed());
  for (const auto& [size, slide] : {std::pair(10s, 5s), std::pair(10s, 3s), std::pair(7s, 7s)}) {
    weir::testing::JobTest job([size = size, slide = slide](weir::Flow& flow) {
      flow.source<Step>("steps")
          .event_time(&Step::at, weir::out_of_order(1h))
          .key_by("user", &Step::user)
          .window("totals", weir::sliding(size, slide).offset(1s))
          .aggregate<Sum>(&add, &merge, &emit)
          .sink("out");
    });
    std::map<std::int64_t, Total> expected;
    for (int i = 20; i < 80; ++i) {
      const weir::Time time = at(weir::Duration(random() % 60'000)) - 30s;
      job.feed("steps", Step{time, "ann", i});
      for (weir::Time start = at(1s) - 20 * slide; start <= time; start = start + slide) {
        if (time >= start + size) continue;
        Total& total = expected[start.milliseconds];
        total = {"ann", start, total.cost + i, total.steps + 1};
      }
    }
    job.end();

    std::vector<Total> totals;
    for (const auto& [start, total] : expected)
      totals.push_back(total);
    EXPECT_EQ(job.take<Total>("out"), totals);
  }
}

void pairs(weir::Flow& flow) {
  const auto left = flow.source<Step>("left").event_time(&Step::at, weir::in_order());
  const auto right = flow.source<Step>("right").event_time(&Step::at, weir::in_order());
  flow.cogroup("pairs",
               left.key_by("left-user", &Step::user),
               right.key_by("right-user", &Step::user),
               weir::tumbling(10s),
               [](const auto& key,
                  weir::Window window,
                  weir::Rows<Step> lefts,
                  weir::Rows<Step> rights,
                  weir::Out<Total> out) {
                 const auto& [user] = key;
                 out({user, window.start, std::int64_t(lefts.size()), std::int32_t(rights.size())});
               })
      .sink("out");
}

TEST(JobTest, WaitsForTheSlowerSideOfACoGroup) {
  weir::testing::JobTest job(pairs);

  job.feed("left", Step{at(1s), "ann", 1});
  job.feed("left", Step{at(30s), "bob", 1});
  EXPECT_THAT(job.take<Total>("out"), IsEmpty());
  job.feed("right", Step{at(2s), "ann", 1});
  job.feed("right", Step{at(3s), "cid", 1});
  job.feed("right", Step{at(11s), "ann", 1});

  EXPECT_THAT(job.take<Total>("out"),
              ElementsAre(Total{"ann", at(0s), 1, 1}, Total{"cid", at(0s), 0, 1}));
}

TEST(JobTest, SetsLateRowsOfEachSideOfACoGroupAside) {
  weir::testing::JobTest job(pairs);

  job.advance(at(10s));
  job.feed("right", Step{at(2s), "ann", 1});

  EXPECT_THAT(job.take_late<Step>("pairs", 0), IsEmpty());
  EXPECT_THAT(job.take_late<Step>("pairs", 1), SizeIs(1));
}

TEST(JobTest, GivesLogCountersAndPools) {
  weir::testing::JobTest job([](weir::Flow& flow) {
    const auto watched = flow.pool("watched");
    const auto seen = flow.counter("seen", "steps of users who are watched");
    const auto log = flow.log();
    flow.source<Step>("steps")
        .event_time(&Step::at, weir::in_order())
        .filter("watched-only",
                [=](const Step& step) {
                  if (!watched.contains(step.user)) return false;
                  seen.add(2);
                  log.info("saw " + step.user.copy());
                  return true;
                })
        .sink("out");
  });
  job.fill_pool("watched", {"ann"});

  job.feed("steps", Step{at(1s), "ann", 1});
  job.feed("steps", Step{at(1s), "bob", 1});

  EXPECT_THAT(job.take<Step>("out"), SizeIs(1));
  EXPECT_EQ(job.counter("seen"), 2u);
  EXPECT_THAT(job.take_log(), ElementsAre("saw ann"));
}

TEST(JobTest, SaysWhatIsWrongWithTheTest) {
  weir::testing::JobTest job(tumbling);

  EXPECT_THROW(job.feed("stairs", Step{}), std::invalid_argument);
  EXPECT_THROW(job.feed("steps", Total{}), std::invalid_argument);
  EXPECT_THROW(job.take<Step>("out"), std::invalid_argument);
  EXPECT_THROW(job.set("cheapest", "much"), std::invalid_argument);
  EXPECT_THROW(job.set("cheap", 1), std::invalid_argument);
}

}  // namespace
