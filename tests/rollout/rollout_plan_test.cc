#include "rollout/rollout_plan.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "rollout/plan_text.h"

namespace weir {
namespace {

using std::chrono::milliseconds;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

LockedJob job(const std::string& name) {
  return {.name = name,
          .job_class = "label",
          .plugin = "words",
          .type = "count",
          .version = "1.2.0",
          .hash = "old",
          .build_id = "b1",
          .graph = "g1",
          .parameters = "p1",
          .settings = "s1",
          .states = {{"ten", 1, "{}"}}};
}

LockedJob newer(LockedJob old) {
  old.version = "1.3.0";
  old.hash = "new";
  return old;
}

// Everything a plan is made of, as if all were well; what a test changes is what it is about.
struct World {
  Lock lock{.generation = 4, .jobs = {job("count")}};
  std::vector<WantedJob> wanted = {{.locked = job("count")}};
  std::optional<RunningJobs> running = RunningJobs{{"count", {.version = "1.2.0"}}};
  std::set<std::string> kept = {"old", "new"};
  HostAbilities abilities{
      .sets_parameters = true, .swaps = true, .rewires = true, .converts_state = true};
  StateVerdict forward = StateVerdict::AsIs;
  StateVerdict back = StateVerdict::AsIs;
  std::map<std::string, milliseconds> measured = {};

  RolloutPlan plan() const {
    const auto decide = [this](const LockedState* before, const LockedState* after) {
      if (before == nullptr || after == nullptr) return decide_state(before, after);
      const bool is_back = after->version < before->version;
      return StateDecision{after->uid, is_back ? back : forward, "as told"};
    };
    return make_rollout_plan({.lock = lock,
                              .wanted = wanted,
                              .running = running,
                              .kept_hashes = kept,
                              .measured_gaps = measured,
                              .abilities = abilities,
                              .decide = decide});
  }
  JobChange only() const {
    const RolloutPlan made = plan();
    EXPECT_EQ(made.changes.size(), 1U);
    return made.changes.front();
  }
  void upgrade() {
    wanted.front().locked = newer(job("count"));
    wanted.front().locked.states.front().version = 2;
  }
};

TEST(RolloutPlan, NothingIsDoneToAJobThatIsAsItShouldBe) {
  const World world;

  EXPECT_EQ(world.only().kind, ChangeKind::Nothing);
  EXPECT_FALSE(world.plan().has_work());
  EXPECT_EQ(world.plan().generation, 4U);
  EXPECT_EQ(plan_text(world.plan()), "nothing to do: 1 job as in jobs.lock\n");
}

TEST(RolloutPlan, TheKindOfAChangeFollowsFromWhatIsDifferentAndWhatTheHostCanDo) {
  struct Case {
    bool code, graph, parameters, settings;
    ChangeKind able, unable;
  };
  using enum ChangeKind;
  const std::vector<Case> table = {
      {false, false, false, false, Nothing, Nothing},
      {false, false, true, false, Parameters, Restart},
      {true, false, false, false, Swap, Restart},
      {true, false, true, false, Swap, Restart},
      {true, true, false, false, Rewire, Restart},
      {true, true, true, false, Rewire, Restart},
      {false, false, false, true, Restart, Restart},
      {false, false, true, true, Restart, Restart},
      {true, false, false, true, Restart, Restart},
      {true, false, true, true, Restart, Restart},
      {true, true, false, true, Restart, Restart},
      {true, true, true, true, Restart, Restart},
  };
  for (const Case& each : table) {
    World world;
    LockedJob& wanted = world.wanted.front().locked;
    if (each.code) wanted = newer(wanted);
    if (each.graph) wanted.graph = "g2";
    if (each.parameters) wanted.parameters = "p2";
    if (each.settings) wanted.settings = "s2";

    EXPECT_EQ(world.only().kind, each.able);
    world.abilities = {};
    EXPECT_EQ(world.only().kind, each.unable);
    EXPECT_EQ(world.only().reasons.size(),
              std::size_t{each.code} + each.graph + each.parameters + each.settings);
  }
}

TEST(RolloutPlan, JobsComeAndGo) {
  World world;
  world.lock.jobs = {job("count"), job("gone")};
  world.wanted.push_back({.locked = job("fresh")});

  const RolloutPlan plan = world.plan();

  ASSERT_EQ(plan.changes.size(), 3U);
  EXPECT_EQ(plan.changes[1].job, "fresh");
  EXPECT_EQ(plan.changes[1].kind, ChangeKind::Start);
  EXPECT_EQ(plan.changes[1].states.front().decision.verdict, StateVerdict::Begin);
  EXPECT_EQ(plan.changes[2].job, "gone");
  EXPECT_EQ(plan.changes[2].kind, ChangeKind::Stop);
  EXPECT_EQ(plan.changes[2].old_version, "1.2.0");
}

TEST(RolloutPlan, WhatRunsCountsOnlyWhereAHostRuns) {
  World world;
  world.running->at("count").is_over = true;
  EXPECT_EQ(world.only().kind, ChangeKind::Start);
  EXPECT_THAT(world.only().reasons, ElementsAre("does not run"));

  world.running->clear();
  EXPECT_EQ(world.only().kind, ChangeKind::Start);

  world.running.reset();
  EXPECT_EQ(world.only().kind, ChangeKind::Nothing);
}

TEST(RolloutPlan, AJobThatRunsAnotherVersionThanTheLockSaysIsChanged) {
  World world;
  world.running->at("count").version = "1.1.0";

  EXPECT_EQ(world.only().kind, ChangeKind::Swap);
  EXPECT_THAT(world.only().reasons, ElementsAre("runs 1.1.0"));

  world.abilities = {};
  EXPECT_EQ(world.only().kind, ChangeKind::Restart);
}

TEST(RolloutPlan, AJobThatRunsWithoutALockIsStartedAnew) {
  World world;
  world.lock = {};

  EXPECT_EQ(world.only().kind, ChangeKind::Restart);
  EXPECT_EQ(world.only().way_back, WayBack::None);

  world.running.reset();
  EXPECT_EQ(world.only().kind, ChangeKind::Start);
}

TEST(RolloutPlan, StateIsToldWithItsSizeWhereSomebodyRuns) {
  World world;
  world.upgrade();
  world.forward = StateVerdict::Read;
  world.running->at("count").state["ten"] = {.keys = 40, .bytes = 640};

  const PlannedState state = world.only().states.front();

  EXPECT_EQ(state.decision.uid, "ten");
  EXPECT_EQ(state.decision.verdict, StateVerdict::Read);
  EXPECT_EQ(state.size, (StateSize{40, 640}));
  EXPECT_THAT(plan_text(world.plan()), HasSubstr("state ten: read (as told), 40 keys, 640 bytes"));

  world.running.reset();
  EXPECT_EQ(world.only().states.front().size, std::nullopt);
}

TEST(RolloutPlan, StateDecidesWhetherItCanBeDoneAndHowToGetBack) {
  struct Case {
    StateVerdict forward, back;
    bool converts, is_refused;
    WayBack way;
  };
  using enum StateVerdict;
  const std::vector<Case> table = {
      {AsIs, AsIs, true, false, WayBack::Forward},
      {AsIs, AsIs, false, false, WayBack::Forward},
      {Read, Down, true, false, WayBack::Forward},
      {Read, Down, false, true, WayBack::Epoch},
      {Read, Refuse, true, false, WayBack::Epoch},
      {Migrate, Refuse, true, false, WayBack::Epoch},
      {Migrate, Refuse, false, true, WayBack::Epoch},
      {Down, Read, true, false, WayBack::Forward},
      {AsIs, Read, false, false, WayBack::Epoch},
      {Refuse, AsIs, true, true, WayBack::Forward},
      {Refuse, Refuse, true, true, WayBack::Epoch},
  };
  for (const Case& each : table) {
    World world;
    world.upgrade();
    world.forward = each.forward;
    world.back = each.back;
    world.abilities.converts_state = each.converts;

    const JobChange change = world.only();

    EXPECT_EQ(!change.refusals.empty(), each.is_refused) << name_of(each.forward);
    EXPECT_EQ(change.way_back, each.way) << name_of(each.forward) << ' ' << name_of(each.back);
    EXPECT_EQ(world.plan().is_refused(), each.is_refused);
  }
}

TEST(RolloutPlan, OutputsRepeatWhereAJobStartsAnewWithoutPositions) {
  World world;
  world.upgrade();
  world.wanted.front().keeps_positions = false;
  EXPECT_FALSE(world.only().repeats_outputs);

  world.abilities.swaps = false;
  EXPECT_TRUE(world.only().repeats_outputs);
  EXPECT_THAT(plan_text(world.plan()), HasSubstr("outputs repeat: its sources begin anew"));

  world.lock = {};
  EXPECT_TRUE(world.only().repeats_outputs);
  world.running.reset();
  EXPECT_FALSE(world.only().repeats_outputs);
}

TEST(RolloutPlan, ThereIsNoWayBackToAFileThatIsGone) {
  World world;
  world.upgrade();
  world.kept = {"new"};

  EXPECT_EQ(world.only().way_back, WayBack::None);
  EXPECT_THAT(plan_text(world.plan()),
              HasSubstr("way back: none (no file of version 1.2.0 is kept)"));
}

TEST(RolloutPlan, AnOperatorThatIsGoneIsRefusedWithItsState) {
  World world;
  world.upgrade();
  world.wanted.front().locked.states.clear();

  EXPECT_THAT(world.only().refusals,
              ElementsAre("the state of ten: the operator is gone, and its state with it"));
}

TEST(RolloutPlan, WhatTheGateRefusesIsRefusedWhereItWouldRun) {
  World world;
  world.wanted.front().refusal = "exports too much";
  EXPECT_THAT(world.only().refusals, IsEmpty());

  world.upgrade();
  EXPECT_THAT(world.only().refusals, ElementsAre("exports too much"));

  world.lock.jobs.clear();
  world.running.reset();
  EXPECT_THAT(world.only().refusals, ElementsAre("exports too much"));
}

TEST(RolloutPlan, TheGapIsWhatWasMeasuredLastOrWhatSuchAChangeCosts) {
  World world;
  world.upgrade();
  EXPECT_EQ(world.only().gap, milliseconds(5));

  world.abilities.swaps = false;
  EXPECT_EQ(world.only().gap, milliseconds(500));
  world.running->at("count").state["ten"] = {.keys = 1, .bytes = 100'000'000};
  EXPECT_EQ(world.only().gap, milliseconds(1'500));

  world.measured["count"] = milliseconds(42);
  EXPECT_EQ(world.only().gap, milliseconds(42));
}

TEST(RolloutPlan, TheLockAfterwardsHoldsWhatWasPlanned) {
  World world;
  world.lock.jobs = {job("count"), job("gone"), job("other")};
  world.wanted = {{.locked = newer(job("count"))}, {.locked = newer(job("other"))}};
  RolloutPlan plan = world.plan();

  const Lock all = lock_after(world.lock, world.wanted, plan);
  EXPECT_EQ(all.generation, 5U);
  EXPECT_THAT(all.jobs, ElementsAre(newer(job("count")), newer(job("other"))));

  std::erase_if(plan.changes, [](const JobChange& change) { return change.job != "count"; });
  const Lock some = lock_after(world.lock, world.wanted, plan);
  EXPECT_THAT(some.jobs, ElementsAre(newer(job("count")), job("other"), job("gone")));
}

TEST(RolloutPlan, WhatMovedSinceItWasMadeIsNamed) {
  World world;
  world.upgrade();
  const RolloutPlan made = world.plan();
  EXPECT_THAT(moved_since(made, made), IsEmpty());

  world.wanted.front().locked.hash = "newest";
  EXPECT_THAT(moved_since(made, world.plan()), ElementsAre("count: plugin words is another file"));

  world.wanted.push_back({.locked = job("fresh")});
  world.lock.generation = 5;
  EXPECT_THAT(moved_since(made, world.plan()),
              ElementsAre("the generation is 5, the plan is from 4",
                          "count: plugin words is another file",
                          "fresh is new"));

  RolloutPlan edited = made;
  edited.jobs_hash = "j2";
  edited.lock_hash = "l2";
  edited.changes.clear();
  EXPECT_THAT(
      moved_since(made, edited),
      ElementsAre("jobs.toml has another text", "jobs.lock has another text", "count is gone"));
}

TEST(RolloutPlan, WhatNobodyShouldApplyUnseenIsTold) {
  World world;
  EXPECT_THAT(doubts_about(world.plan()), IsEmpty());
  world.upgrade();
  EXPECT_THAT(doubts_about(world.plan()), IsEmpty());

  world.back = StateVerdict::Refuse;
  EXPECT_THAT(doubts_about(world.plan()),
              ElementsAre("count: outputs would repeat on the way back"));
  world.abilities.swaps = false;
  world.wanted.front().keeps_positions = false;
  world.wanted.front().refusal = "exports too much";
  world.kept.clear();
  EXPECT_THAT(doubts_about(world.plan()),
              ElementsAre("count: exports too much",
                          "count: outputs would repeat",
                          "count: no way back: no file of version 1.2.0 is kept"));
}

TEST(RolloutPlan, EveryKindAndWayHasANameOfItsOwn) {
  for (int i = 0; i < 7; ++i) {
    const auto kind = static_cast<ChangeKind>(i);
    EXPECT_EQ(change_kind_named(name_of(kind)), kind);
  }
  for (int i = 0; i < 3; ++i) {
    const auto way = static_cast<WayBack>(i);
    EXPECT_EQ(way_back_named(name_of(way)), way);
  }
}

}  // namespace
}  // namespace weir
