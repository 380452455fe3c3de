// The answer of a job does not depend on who is stepped when, on how many workers there are, on
// how records come in or how slowly results go out.
#include <algorithm>
#include <map>
#include <random>
#include <set>

#include <gmock/gmock.h>

#include "base/format.h"
#include "job/job_fixture.h"
#include "seed/test_seed.h"

namespace weir {
namespace {

constexpr std::size_t kSplits = 3;
constexpr std::int64_t kOutOfOrder = 20;
constexpr std::int64_t kWindow = 50;

struct Record {
  std::size_t split;
  std::int64_t tm;
  std::string user;
  std::int64_t amount;
};

class InterleavingTest : public JobFixture, public testing::WithParamInterface<std::uint32_t> {
 protected:
  // Two sources, united; filtered twice; summed per user and window.
  void make_job() {
    const auto left = job->filter("left", job->source("one", kOutOfOrder), [](const Click& each) {
      return each.amount % 7 != 0;
    });
    const auto both = job->unite("both", {left, job->source("two", kOutOfOrder)});
    const auto user = job->key_by_user("user", both);
    job->sink("out", job->sum("sums", user, {kWindow, kWindow}));
    job->sink("raw", both);
  }

  // Per split, time goes on with steps back of at most kOutOfOrder.
  std::vector<Record> make_records(std::size_t count) {
    std::vector<Record> records;
    std::vector<std::int64_t> largest(kSplits, 0);
    for (std::size_t i = 0; i < count; ++i) {
      const std::size_t split = random() % kSplits;
      largest[split] += static_cast<std::int64_t>(random() % 10);
      const auto back = static_cast<std::int64_t>(random() % (kOutOfOrder + 1));
      records.push_back({.split = split,
                         .tm = std::max<std::int64_t>(0, largest[split] - back),
                         .user = format("user-{}", random() % 13),
                         .amount = static_cast<std::int64_t>(random() % 100)});
    }
    return records;
  }

  void expect(const std::vector<Record>& records, bool is_filtered) {
    for (const Record& record : records) {
      if (is_filtered && record.amount % 7 == 0) continue;
      const std::int64_t end = (record.tm / kWindow + 1) * kWindow;
      sums[{end - 1, record.user}] += record.amount;
      raw.insert(click(record.tm, record.user, record.amount));
    }
  }

  void feed(const std::string& port, const Record& record) {
    world.topic(port).append(record.split, click(record.tm, record.user, record.amount));
  }

  // Some steps, with the world doing as it likes in between.
  void disturb(SteppedHost& host) {
    switch (random() % 6) {
      case 0: clock.advance(std::chrono::milliseconds(random() % 1500)); break;
      case 1: world.output("out").limit_writes(random() % 3); break;
      case 2: world.output("raw").hold_flushes(random() % 2 == 0); break;
      case 3: world.topic("one").limit_polls(1 + random() % 50); break;
      default: break;
    }
    for (std::uint64_t i = random() % 200; i > 0; --i)
      host.step();
  }

  void calm() {
    world.output("out").limit_writes(SIZE_MAX);
    world.output("raw").hold_flushes(false);
    world.topic("one").limit_polls(SIZE_MAX);
  }

  std::multiset<std::string> expected_lines() const {
    std::multiset<std::string> lines;
    for (const auto& [place, amount] : sums) {
      lines.insert(click(place.first, place.second, amount));
    }
    return lines;
  }

  std::mt19937_64 random;
  std::map<std::pair<std::int64_t, std::string>, std::int64_t> sums;
  std::multiset<std::string> raw;
};

TEST_P(InterleavingTest, GivesTheSameAnswerForAnyOrderOfSteps) {
  const std::uint64_t seed = tests::test_seed();
  random.seed(seed);
  make_job();
  world.topic("one", kSplits);
  world.topic("two", kSplits);
  JobSpec entry = spec();
  for (SourceSpec& source : entry.sources)
    source.idle_after = std::chrono::milliseconds(0);
  const auto ones = make_records(2000);
  const auto twos = make_records(1000);
  expect(ones, true);
  expect(twos, false);

  SteppedHost host(options(GetParam()), seed);
  ASSERT_TRUE(host.submit(std::move(entry)));
  for (std::size_t i = 0; i < ones.size(); ++i) {
    feed("one", ones[i]);
    if (i < twos.size()) feed("two", twos[i]);
    if (random() % 20 == 0) disturb(host);
  }
  world.topic("one").end_all();
  world.topic("two").end_all();
  for (int i = 0; i < 20; ++i)
    disturb(host);
  calm();
  const auto is_finished = [&] { return is_over(host.status().jobs.at(0).state); };
  for (int i = 0; i < 1000 && !is_finished(); ++i)
    host.settle();

  const JobStatus status = host.status().jobs.at(0);
  EXPECT_EQ(status.state, JobState::Finished) << status.cause;
  const auto written = world.output("out").values();
  EXPECT_EQ(std::multiset<std::string>(written.begin(), written.end()), expected_lines());
  const auto passed = world.output("raw").values();
  EXPECT_EQ(std::multiset<std::string>(passed.begin(), passed.end()), raw);
  EXPECT_EQ(world.output("out").flushed(), written.size());
  std::int64_t committed = 0;
  for (const auto& [split, position] : world.topic("one").committed())
    committed += position;
  EXPECT_EQ(committed, 2000);
}

// What is committed has been written: nothing that a commit covers may still be on its way.
TEST_P(InterleavingTest, NeverCommitsAPositionBeforeItsRowsAreSafe) {
  const std::uint64_t seed = tests::test_seed();
  random.seed(seed);
  job->sink("out", job->unite("both", {job->source("one"), job->source("two")}));
  world.topic("one", kSplits);
  SteppedHost host(options(GetParam()), seed);
  ASSERT_TRUE(host.submit(spec()));
  std::size_t commits = 0;
  std::size_t fed = 0;
  for (int i = 0; i < 3000; ++i) {
    if (random() % 10 == 0) {
      feed("one", {fed % kSplits, static_cast<std::int64_t>(fed), "u", 1});
      ++fed;
    }
    switch (random() % 50) {
      case 0: world.output("out").limit_writes(random() % 3); break;
      case 1: world.output("out").hold_flushes(random() % 2 == 0); break;
      case 2: clock.advance(std::chrono::milliseconds(700)); break;
      default: break;
    }
    const std::size_t safe = world.output("out").flushed();
    host.step();
    std::int64_t committed = 0;
    for (const auto& [split, position] : world.topic("one").committed())
      committed += position;
    ASSERT_LE(static_cast<std::size_t>(committed), safe);
    commits = world.topic("one").commits();
  }

  EXPECT_GT(commits, 0u);
}

INSTANTIATE_TEST_SUITE_P(Workers, InterleavingTest, testing::Values(1u, 2u, 3u));

}  // namespace
}  // namespace weir
