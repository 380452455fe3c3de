#include "job/plan.h"

#include <gmock/gmock.h>

#include "job/click_job.h"

namespace weir {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr auto kAll = [](const Click&) { return true; };

Plan plan_of(const ClickJob& job) {
  auto plan = make_plan(job.description());
  EXPECT_TRUE(plan) << plan.error().text();
  return *std::move(plan);
}

TEST(Plan, FusesStatelessOperatorsWithTheirSource) {
  ClickJob job;
  const auto clicks = job.source("clicks");
  const auto first = job.filter("first", clicks, kAll);
  const auto second = job.filter("second", first, kAll);
  const auto user = job.key_by_user("user", second);
  job.sink("out", job.filter("third", user, kAll));

  const Plan plan = plan_of(job);

  ASSERT_EQ(plan.stages.size(), 1u);
  EXPECT_THAT(plan.stages[0].operators, ElementsAre(0, 1, 2, 3, 4));
  EXPECT_THAT(plan.stages[0].sinks, ElementsAre(5));
  EXPECT_EQ(plan.stages[0].leading_filters, 2u);
}

TEST(Plan, StartsAStageAtAKeyedOperator) {
  ClickJob job;
  const auto user = job.key_by_user("user", job.source("clicks"));
  job.sink("out", job.filter("big", job.sum("sums", user, {.size = 10, .slide = 10}), kAll));

  const Plan plan = plan_of(job);

  ASSERT_EQ(plan.stages.size(), 2u);
  EXPECT_THAT(plan.stages[1].operators, ElementsAre(2, 3));
  ASSERT_EQ(plan.stages[1].inputs.size(), 1u);
  EXPECT_EQ(plan.stages[1].inputs[0].stage, 0u);
  EXPECT_EQ(plan.stages[1].inputs[0].kind, EdgeKind::Keyed);
}

TEST(Plan, StartsAStageAtAUnion) {
  ClickJob job;
  const auto one = job.source("one");
  const auto two = job.source("two");
  const auto both = job.unite("both", {one, two});
  job.sink("out", job.filter("useful", both, kAll));

  const Plan plan = plan_of(job);

  ASSERT_EQ(plan.stages.size(), 3u);
  EXPECT_THAT(plan.stages[2].operators, ElementsAre(2, 3));
  ASSERT_EQ(plan.stages[2].inputs.size(), 2u);
  EXPECT_EQ(plan.stages[2].inputs[0].kind, EdgeKind::Forward);
  EXPECT_EQ(plan.stages[2].leading_filters, 0u);
}

TEST(Plan, StartsAStageForEachUserOfASharedOperator) {
  ClickJob job;
  const auto clicks = job.source("clicks");
  job.sink("left", job.filter("small", clicks, kAll));
  job.sink("right", job.filter("large", clicks, kAll));
  job.sink("all", clicks);

  const Plan plan = plan_of(job);

  ASSERT_EQ(plan.stages.size(), 3u);
  EXPECT_THAT(plan.stages[0].operators, ElementsAre(0));
  EXPECT_THAT(plan.stages[0].sinks, ElementsAre(5));
  EXPECT_EQ(plan.stages[0].leading_filters, 0u);
  EXPECT_EQ(plan.uses_of(0).size(), 2u);
  EXPECT_THAT(plan.stages[1].sinks, ElementsAre(2));
}

TEST(Plan, RefusesAWindowWithoutAKey) {
  ClickJob job;
  job.sink("out", job.sum("sums", job.source("clicks"), {.size = 10, .slide = 10}));

  const auto plan = make_plan(job.description());

  ASSERT_FALSE(plan);
  EXPECT_THAT(plan.error().message(), HasSubstr("operator sums needs a keyed input"));
}

}  // namespace
}  // namespace weir
