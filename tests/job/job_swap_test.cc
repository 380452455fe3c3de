// How a running job changes its code, and what happens when that goes wrong.
#include <algorithm>
#include <map>
#include <stdexcept>

#include <gmock/gmock.h>

#include "job/job_fixture.h"

namespace weir {
namespace {

using std::chrono::seconds;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::UnorderedElementsAre;

class JobSwapTest : public SteppedJobTest {
 protected:
  void TearDown() override { host.reset(); }  // It may still answer.

  // in -> "stamp" (amount × 10 + number of the version) -> raw, and 10 ms windows "sums" -> out.
  static std::shared_ptr<ClickJob> stamping(int version, std::uint32_t state_version = 1) {
    auto made = std::make_shared<ClickJob>(std::to_string(version) + ".0.0");
    made->parameter("scale", 1);
    const auto stamped = made->map("stamp", made->source("in"), [version](const Click& each) {
      return std::vector<std::int64_t>{each.amount * 10 + version};
    });
    made->sink("raw", stamped);
    made->sink("out",
               made->sum("sums", made->key_by_user("user", stamped), {10, 10}, state_version));
    return made;
  }

  JobSpec entry_of(const std::shared_ptr<ClickJob>& code, std::int64_t scale = 1) {
    job = code;
    JobSpec made = spec();
    made.plugin_path = "/store/" + code->version() + ".so";
    made.parameters = {scale};
    made.on_error = on_error;
    return made;
  }

  void start_stamping(std::uint32_t workers = 1, std::uint64_t order = 1) {
    old_code = stamping(1);
    start(entry_of(old_code), workers, order);
  }

  Result<SwapStatus> swap_to(const std::shared_ptr<ClickJob>& code, std::int64_t scale = 1) {
    swap_later(code, scale);
    host->step_until([this] { return answer.has_value(); }, 100'000);
    if (!answer) return Error(ErrorKind::Unavailable, "no answer");
    return *answer;
  }

  void swap_later(const std::shared_ptr<ClickJob>& code,
                  std::int64_t scale = 1,
                  const ProbationLimits& probation = {}) {
    answer.reset();
    host->swap_later(
        entry_of(code, scale),
        code,
        [this](Result<SwapStatus> given) { answer = given; },
        probation);
  }

  // Refuses every other click.
  static std::shared_ptr<ClickJob> refusing() {
    auto made = std::make_shared<ClickJob>("2.0.0");
    made->parameter("scale", 1);
    const auto stamped = made->map("stamp", made->source("in"), [](const Click& each) {
      if (each.amount % 2 == 0) throw std::runtime_error("even");
      return std::vector<std::int64_t>{each.amount * 10 + 2};
    });
    made->sink("raw", stamped);
    made->sink("out", made->sum("sums", made->key_by_user("user", stamped), {10, 10}));
    return made;
  }

  void feed_many(std::int64_t first, std::int64_t count) {
    for (std::int64_t i = first; i < first + count; ++i)
      feed(i, "a", i);
    host->settle();
  }

  bool step_until(SwapPhase phase) {
    return host->step_until([&] { return status().swap && status().swap->phase == phase; }, 20'000);
  }

  std::vector<std::string> raw() { return world.output("raw").values(); }

  OnError on_error = OnError::DeadLetter;
  std::shared_ptr<ClickJob> old_code;
  std::optional<Result<SwapStatus>> answer;
};

TEST_F(JobSwapTest, RecordsBehindTheBarrierAreTheNewCodes) {
  start_stamping();
  feed(1, "a", 5);
  host->settle();

  const auto new_code = stamping(2);
  const auto swapped = swap_to(new_code);
  feed(2, "a", 6);
  feed(20, "b", 7);
  host->settle();

  ASSERT_TRUE(swapped) << swapped.error().text();
  EXPECT_EQ(swapped->kind, SwapKind::Swap);
  EXPECT_EQ(swapped->last_epoch, 1u);
  EXPECT_THAT(raw(), ElementsAre(click(1, "a", 51), click(2, "a", 62), click(20, "b", 72)));
  EXPECT_THAT(out(), ElementsAre(click(9, "a", 51 + 62)));
  EXPECT_EQ(status().plugin_version, "2.0.0");
  EXPECT_EQ(status().swaps, 1u);
  EXPECT_EQ(operator_status("stamp").rows_in, 3u);
}

TEST_F(JobSwapTest, OldFunctionsGoOnceTheirLastEpochIsFinal) {
  is_durable = true;
  start_stamping(2);
  disk.failure = Error(ErrorKind::Unavailable, "no space left on device");
  const auto new_code = stamping(2);
  swap_later(new_code);
  ASSERT_TRUE(step_until(SwapPhase::Committing));
  host->settle();
  EXPECT_EQ(old_code->live_functions(), 2u);
  EXPECT_EQ(new_code->live_functions(), 2u);
  EXPECT_FALSE(answer.has_value());

  disk.failure.reset();
  clock.advance(seconds(5));
  host->settle();

  ASSERT_TRUE(answer.has_value());
  EXPECT_TRUE(*answer);
  EXPECT_EQ(old_code->live_functions(), 0u);
  EXPECT_EQ(new_code->live_functions(), 2u);
}

TEST_F(JobSwapTest, EachRecordIsOneVersionsInWhateverOrderTasksStep) {
  int mixed = 0;
  for (std::uint64_t order = 1; order <= 50; ++order) {
    SCOPED_TRACE("order " + std::to_string(order));
    world = {};
    start_stamping(3, order);
    world.topic("in").limit_polls(1);
    for (int i = 1; i <= 20; ++i)
      feed(i, "user-" + std::to_string(i % 4), i);
    for (std::uint64_t i = 0; i < order * 3; ++i)
      host->step();
    swap_later(stamping(2));
    for (int i = 21; i <= 40; ++i)
      feed(i, "user-" + std::to_string(i % 4), i);
    host->settle();
    world.topic("in").end_all();
    host->settle();

    ASSERT_TRUE(answer.has_value() && *answer);
    std::vector<std::string> expected;
    std::map<std::pair<std::int64_t, std::string>, std::int64_t> sums;
    const std::vector<std::string> rows = raw();
    ASSERT_EQ(rows.size(), 40u);
    bool is_new = false;
    for (int i = 1; i <= 40; ++i) {
      const std::string user = "user-" + std::to_string(i % 4);
      const bool is_old_row = std::ranges::count(rows, click(i, user, i * 10 + 1)) == 1;
      const bool is_new_row = std::ranges::count(rows, click(i, user, i * 10 + 2)) == 1;
      EXPECT_NE(is_old_row, is_new_row) << i;
      EXPECT_FALSE(is_new && is_old_row) << i;
      is_new |= is_new_row;
      sums[{i / 10 * 10 + 9, user}] += i * 10 + (is_new_row ? 2 : 1);
    }
    mixed += is_new ? 1 : 0;
    for (const auto& [place, amount] : sums)
      expected.push_back(click(place.first, place.second, amount));
    EXPECT_THAT(out(), testing::UnorderedElementsAreArray(expected));
    host.reset();
  }
  EXPECT_GT(mixed, 10);
}

TEST_F(JobSwapTest, OtherParametersComeTheSameWay) {
  start_stamping(2);

  const auto swapped = swap_to(old_code, 7);

  ASSERT_TRUE(swapped);
  EXPECT_EQ(swapped->kind, SwapKind::Parameters);
  EXPECT_THAT(old_code->last_values(), ElementsAre(ParameterValue(std::int64_t{7})));
  host->settle();
  EXPECT_EQ(old_code->live_functions(), 2u);
}

TEST_F(JobSwapTest, TheSameAgainIsNothing) {
  start_stamping();

  const auto swapped = swap_to(old_code);

  ASSERT_TRUE(swapped);
  EXPECT_EQ(swapped->kind, SwapKind::Nothing);
  EXPECT_FALSE(status().swap.has_value());
}

TEST_F(JobSwapTest, CodeThatCannotBeMadeChangesNothing) {
  start_stamping();
  const auto broken = stamping(2);
  broken->fail_create(Error(ErrorKind::Plugin, "no luck"));

  const auto swapped = swap_to(broken);
  feed(1, "a", 5);
  host->settle();

  ASSERT_FALSE(swapped);
  EXPECT_THAT(swapped.error().message(), HasSubstr("no luck"));
  EXPECT_THAT(raw(), ElementsAre(click(1, "a", 51)));
  EXPECT_EQ(status().plugin_version, "1.0.0");
  EXPECT_EQ(status().failed_swaps, 1u);
  ASSERT_TRUE(swap_to(stamping(3)));
}

TEST_F(JobSwapTest, StateThatCannotBeTakenOverIsRefused) {
  start_stamping();
  auto other = std::make_shared<ClickJob>("2.0.0");
  other->parameter("scale", 1);
  const auto stamped =
      other->map("stamp", other->source("in"), [](const Click&) { return std::vector<long>{}; });
  other->sink("raw", stamped);
  other->sink("out", other->sum("sums", other->key_by_user("user", stamped), {20, 20}));

  const auto swapped = swap_to(other);

  ASSERT_FALSE(swapped);
  EXPECT_EQ(swapped.error().kind(), ErrorKind::Incompatible);
  EXPECT_THAT(swapped.error().message(), HasSubstr("operator sums"));
  EXPECT_EQ(status().state, JobState::Running);
}

TEST_F(JobSwapTest, OneAtATime) {
  start_stamping();
  world.output("raw").hold_flushes(true);
  swap_later(stamping(2));
  ASSERT_TRUE(step_until(SwapPhase::Flipping));

  const auto second = host->swap(entry_of(stamping(3)), stamping(3));

  ASSERT_FALSE(second);
  EXPECT_THAT(second.error().message(), HasSubstr("is under way"));
  world.output("raw").hold_flushes(false);
  host->settle();
  EXPECT_TRUE(answer && *answer);
}

TEST_F(JobSwapTest, OnlyWhatRunsIsSwapped) {
  start_stamping();
  JobSpec unknown = entry_of(stamping(2));
  unknown.name = "nobody";
  EXPECT_EQ(host->swap(unknown, stamping(2)).error().kind(), ErrorKind::NotFound);

  ASSERT_TRUE(host->stop("clicks", seconds(10)));

  const auto swapped = swap_to(stamping(2));
  ASSERT_FALSE(swapped);
  EXPECT_EQ(swapped.error().kind(), ErrorKind::Unavailable);
}

TEST_F(JobSwapTest, AStopGoesBeforeASwapThatHasNotBegun) {
  is_durable = true;
  start_stamping();
  swap_later(stamping(2));
  ASSERT_TRUE(host->stop("clicks", seconds(10)));

  ASSERT_TRUE(answer.has_value());
  EXPECT_FALSE(*answer);
  EXPECT_EQ(status().plugin_version, "1.0.0");
  EXPECT_EQ(status().state, JobState::Stopped);
  EXPECT_EQ(old_code->live_functions(), 0u);
}

TEST_F(JobSwapTest, AJobThatStumblesAmidASwapGoesOnWithTheOldCode) {
  is_durable = true;
  start_stamping();
  feed(1, "a", 5);
  complete_epoch();
  world.output("out").hold_flushes(true);
  swap_later(stamping(2));
  ASSERT_TRUE(step_until(SwapPhase::Flipping));
  world.topic("in").fail(Error(ErrorKind::Unavailable, "the broker is away"));
  host->settle();
  ASSERT_TRUE(answer.has_value());
  EXPECT_THAT(answer->error().message(), HasSubstr("the broker is away"));

  world.topic("in").fail(std::nullopt);
  world.output("out").hold_flushes(false);
  clock.advance(seconds(1));
  host->settle();
  feed(2, "a", 6);
  host->settle();

  EXPECT_EQ(status().plugin_version, "1.0.0");
  EXPECT_EQ(raw().back(), click(2, "a", 61));
}

TEST_F(JobSwapTest, WhatABarrierCannotChangeStartsAgainFromTheState) {
  is_durable = true;
  start_stamping(2);
  feed(1, "a", 5);
  host->settle();
  auto wider = std::make_shared<ClickJob>("2.0.0");
  wider->parameter("scale", 1);
  const auto useful =
      wider->filter("useful", wider->source("in"), [](const Click& c) { return c.amount > 1; });
  const auto stamped = wider->map("stamp", useful, [](const Click& each) {
    return std::vector<std::int64_t>{each.amount * 10 + 2};
  });
  wider->sink("raw", stamped);
  wider->sink("out", wider->sum("sums", wider->key_by_user("user", stamped), {10, 10}));

  const auto swapped = swap_to(wider);
  feed(2, "a", 1);
  feed(3, "a", 6);
  feed(20, "b", 7);
  host->settle();

  ASSERT_TRUE(swapped) << swapped.error().text();
  EXPECT_EQ(swapped->kind, SwapKind::Restart);
  EXPECT_THAT(swapped->reason, HasSubstr("operator stamp has other inputs"));
  EXPECT_THAT(raw(), ElementsAre(click(1, "a", 51), click(3, "a", 62), click(20, "b", 72)));
  EXPECT_THAT(out(), ElementsAre(click(9, "a", 51 + 62)));
  EXPECT_EQ(status().restarts, 0u);
  EXPECT_EQ(old_code->live_functions(), 0u);
}

TEST_F(JobSwapTest, AnotherAccumulatorIsReadByName) {
  is_durable = true;
  start_stamping(2);
  feed(1, "a", 5);
  host->settle();

  const auto there = swap_to(stamping(2, 2));
  feed(2, "a", 6);
  host->settle();
  const auto back = swap_to(stamping(1, 1));
  feed(3, "a", 7);
  feed(20, "b", 8);
  host->settle();

  ASSERT_TRUE(there) << there.error().text();
  EXPECT_EQ(there->converted, 1u);
  ASSERT_TRUE(back) << back.error().text();
  EXPECT_EQ(back->converted, 1u);
  EXPECT_THAT(out(), ElementsAre(click(9, "a", 51 + 62 + 71)));
}

TEST_F(JobSwapTest, AJobThatKeepsNothingDoesNotStartAgain) {
  start_stamping();

  const auto swapped = swap_to(stamping(2, 2));

  ASSERT_FALSE(swapped);
  EXPECT_THAT(swapped.error().message(), HasSubstr("keeps no state"));
}

TEST_F(JobSwapTest, NewCodeThatDoesNotComeUpGivesWayToTheOld) {
  is_durable = true;
  start_stamping();
  feed(1, "a", 5);
  host->settle();
  const auto broken = stamping(2, 2);
  swap_later(broken);
  ASSERT_TRUE(step_until(SwapPhase::Finishing));
  broken->fail_create(Error(ErrorKind::Plugin, "no luck"));
  host->settle();
  clock.advance(seconds(1));
  host->settle();
  feed(2, "a", 6);
  host->settle();

  ASSERT_TRUE(answer.has_value());
  EXPECT_THAT(answer->error().message(), HasSubstr("no luck"));
  EXPECT_EQ(status().state, JobState::Running);
  EXPECT_THAT(raw(), ElementsAre(click(1, "a", 51), click(2, "a", 61)));
  EXPECT_EQ(broken->live_functions(), 0u);
}

TEST_F(JobSwapTest, WhoPassesProbationStays) {
  start_stamping();
  feed_many(1, 200);
  swap_later(stamping(2), 1, {.lasts = seconds(5)});
  ASSERT_TRUE(step_until(SwapPhase::Probation));
  EXPECT_FALSE(answer.has_value());
  feed_many(201, 200);
  for (int second = 0; second < 6; ++second) {
    clock.advance(seconds(1));
    host->settle();
  }

  ASSERT_TRUE(answer.has_value());
  EXPECT_TRUE(*answer);
  EXPECT_EQ(status().plugin_version, "2.0.0");
  EXPECT_EQ(status().swaps, 1u);
}

TEST_F(JobSwapTest, WhoDoesNotPassProbationGoesBackByItself) {
  start_stamping(2);
  feed_many(1, 200);
  swap_later(refusing(), 1, {.lasts = seconds(60)});
  ASSERT_TRUE(step_until(SwapPhase::Probation));
  feed_many(201, 200);
  clock.advance(seconds(1));
  host->settle();
  feed_many(401, 10);

  ASSERT_TRUE(answer.has_value());
  ASSERT_FALSE(*answer);
  EXPECT_THAT(answer->error().message(),
              HasSubstr("2.0.0: 50.0 % of 200 records were bad, before 0.0 %; 1.0.0 runs again"));
  EXPECT_EQ(status().plugin_version, "1.0.0");
  EXPECT_EQ(status().swaps, 0u);
  EXPECT_EQ(status().failed_swaps, 1u);
  EXPECT_EQ(raw().size(), 200u + 100u + 10u);
  EXPECT_EQ(raw().back(), click(410, "a", 4101));
  EXPECT_EQ(old_code->live_functions(), 2u);
}

TEST_F(JobSwapTest, WhoFailsOnProbationGoesBackToo) {
  is_durable = true;
  on_error = OnError::Stop;
  start_stamping();
  feed_many(1, 10);
  complete_epoch();
  swap_later(refusing(), 1, {.lasts = seconds(60)});
  ASSERT_TRUE(step_until(SwapPhase::Probation));
  feed_many(12, 1);
  ASSERT_TRUE(answer.has_value());
  EXPECT_THAT(answer->error().message(), HasSubstr("refused a row: even"));
  clock.advance(seconds(1));
  host->settle();

  EXPECT_EQ(status().state, JobState::Running);
  EXPECT_EQ(status().plugin_version, "1.0.0");
  EXPECT_EQ(raw().back(), click(12, "a", 121));
}

TEST_F(JobSwapTest, AHostMayGoAwayInEveryPhase) {
  is_durable = true;
  for (const auto& [phase, state_version] :
       std::map<SwapPhase, std::uint32_t>{{SwapPhase::Constructing, 1},
                                          {SwapPhase::Flipping, 1},
                                          {SwapPhase::Committing, 1},
                                          {SwapPhase::Probation, 1},
                                          {SwapPhase::Finishing, 2},
                                          {SwapPhase::Starting, 2}}) {
    SCOPED_TRACE(name_of(phase));
    start_stamping(2);
    swap_later(stamping(2, state_version), 1, {.lasts = seconds(60)});
    ASSERT_TRUE(step_until(phase));

    host.reset();

    ASSERT_TRUE(answer.has_value());
    EXPECT_FALSE(*answer);
    disk.prepared.reset();
  }
}

TEST_F(JobSwapTest, ItIsMeasured) {
  start_stamping();
  feed(1, "a", 5);
  host->settle();
  world.output("raw").hold_flushes(true);
  swap_later(stamping(2));
  ASSERT_TRUE(step_until(SwapPhase::Flipping));
  clock.advance(std::chrono::milliseconds(30));
  feed(2, "a", 5);
  world.output("raw").hold_flushes(false);
  host->settle();

  ASSERT_TRUE(answer && *answer);
  const SwapStatus& measured = **answer;
  EXPECT_EQ(measured.flip, std::chrono::milliseconds(30));
  ASSERT_EQ(measured.gaps.size(), 3u);
  EXPECT_EQ(measured.gaps[0].port, "in");
  EXPECT_TRUE(measured.gaps[0].is_source);
  EXPECT_EQ(measured.gaps[0].longest, std::chrono::milliseconds(30));
}

}  // namespace
}  // namespace weir
