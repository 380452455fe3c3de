// Flat maps, overlapping windows, windows of windows and coGroups: the answer is that of a plain
// computation however the input is cut, whoever is stepped when, and while every way out is full.
#include <algorithm>
#include <random>
#include <set>
#include <vector>

#include <gmock/gmock.h>

#include "job/click_answer.h"
#include "job/job_fixture.h"
#include "seed/test_seed.h"

namespace weir {
namespace {

constexpr std::size_t kSplits = 3;
constexpr std::int64_t kOutOfOrder = 20;
constexpr WindowSpec kTwofold{.size = 40, .slide = 20};
constexpr WindowSpec kUneven{.size = 70, .slide = 30, .offset = 7};
constexpr WindowSpec kTenfold{.size = 100, .slide = 10};
constexpr WindowSpec kChained{.size = 120, .slide = 60};

// None, one, two or three.
std::vector<std::int64_t> copies_of(std::int64_t amount) {
  std::vector<std::int64_t> copies;
  for (std::int64_t copy = 0; copy < amount % 4; ++copy)
    copies.push_back(amount * 10 + copy);
  return copies;
}

class InterleavedWindowsTest : public SteppedJobTest,
                               public testing::WithParamInterface<std::uint32_t> {
 protected:
  void make_job() {
    const auto copies = job->map("copies", job->source("left", kOutOfOrder), [](const Click& each) {
      return copies_of(each.amount);
    });
    const auto left = job->key_by_user("by-left", copies);
    const auto right = job->key_by_user("by-right", job->source("right", kOutOfOrder));
    const auto uneven = job->sum("uneven", left, kUneven);
    job->sink("out-uneven", uneven);
    job->sink("out-tenfold", job->sum("tenfold", left, kTenfold));
    job->sink("out-chained", job->sum("chained", job->key_by_user("again", uneven), kChained));
    job->sink("out-pairs", job->co_group("pairs", left, right, kTwofold));
  }

  // Per split, time goes on with steps back of at most kOutOfOrder. Names are long, so that it does
  // not take many rows to fill a channel.
  void feed(const std::string& port, std::vector<std::int64_t>& largest, ClickRows& rows) {
    const std::size_t split = random() % kSplits;
    largest[split] += static_cast<std::int64_t>(random() % 10);
    const auto back = static_cast<std::int64_t>(random() % (kOutOfOrder + 1));
    const ClickRow row{.tm = std::max<std::int64_t>(0, largest[split] - back),
                       .user = std::to_string(random() % 7) + std::string(4000, 'u'),
                       .amount = static_cast<std::int64_t>(random() % 100)};
    world.topic(port).append(split, click(row.tm, row.user, row.amount));
    rows.push_back(row);
  }

  void feed_all(std::size_t count, bool is_disturbed) {
    std::vector<std::int64_t> largest_left(kSplits);
    std::vector<std::int64_t> largest_right(kSplits);
    for (std::size_t i = 0; i < count; ++i) {
      feed("left", largest_left, lefts);
      feed("right", largest_right, rights);
      if (is_disturbed && random() % 20 == 0) disturb();
    }
    world.topic("left").end_all();
    world.topic("right").end_all();
  }

  // Some steps, with the world doing as it likes in between.
  void disturb() {
    const std::string& port = ports[random() % ports.size()];
    switch (random() % 6) {
      case 0: clock.advance(std::chrono::milliseconds(random() % 1500)); break;
      case 1: world.output(port).limit_writes(random() % 3); break;
      case 2: world.output(port).hold_flushes(random() % 2 == 0); break;
      case 3: world.topic("left").limit_polls(1 + random() % 50); break;
      case 4: world.topic("right").limit_polls(1 + random() % 50); break;
      default: break;
    }
    for (std::uint64_t i = random() % 200; i > 0; --i)
      host->step();
  }

  void set_room(std::size_t messages_max) {
    for (const std::string& port : ports)
      world.output(port).limit_writes(messages_max);
  }

  void finish() {
    set_room(SIZE_MAX);
    for (const std::string& port : ports)
      world.output(port).hold_flushes(false);
    world.topic("left").limit_polls(SIZE_MAX);
    world.topic("right").limit_polls(SIZE_MAX);
    for (int i = 0; i < 1000 && !is_over(status().state); ++i)
      host->settle();
    ASSERT_EQ(status().state, JobState::Finished) << status().cause;
  }

  void expect(const std::string& port, const ClickRows& rows) {
    const auto found = world.output(port).values();
    const auto expected = lines_of(rows);
    EXPECT_GT(expected.size(), 0u);
    EXPECT_TRUE(std::multiset<std::string>(found.begin(), found.end()) == expected)
        << port << ": " << found.size() << " rows, expected " << expected.size();
  }

  void expect_answer() {
    ClickRows copies;
    for (const ClickRow& row : lefts) {
      for (const std::int64_t amount : copies_of(row.amount))
        copies.push_back({row.tm, row.user, amount});
    }
    const ClickRows uneven = sums_of(kUneven, copies);
    expect("out-uneven", uneven);
    expect("out-tenfold", sums_of(kTenfold, copies));
    expect("out-chained", sums_of(kChained, uneven));
    expect("out-pairs", pairs_of(kTwofold, copies, rights));
  }

  void start_interleaved() {
    const std::uint64_t seed = tests::test_seed();
    random.seed(seed);
    make_job();
    world.topic("left", kSplits);
    world.topic("right", kSplits);
    JobSpec entry = spec();
    for (SourceSpec& source : entry.sources)
      source.idle_after = std::chrono::milliseconds(0);
    start(std::move(entry), GetParam(), seed);
  }

  const std::vector<std::string> ports = {"out-uneven", "out-tenfold", "out-chained", "out-pairs"};
  std::mt19937_64 random;
  ClickRows lefts;
  ClickRows rights;
};

TEST_P(InterleavedWindowsTest, GiveTheAnswerForAnyOrderOfSteps) {
  start_interleaved();

  feed_all(400, true);
  for (int i = 0; i < 20; ++i)
    disturb();

  finish();
  expect_answer();
}

// Nothing goes out until all channels are full; from there on it trickles. Rows that do not come
// through flat maps and windows unharmed are missing from sums.
TEST_P(InterleavedWindowsTest, GiveTheAnswerThroughWaysOutThatAreFull) {
  start_interleaved();
  set_room(0);
  world.topic("left").limit_polls(50);
  world.topic("right").limit_polls(50);

  feed_all(2400, false);
  host->settle();
  clock.advance(std::chrono::seconds(2));
  host->settle();
  EXPECT_LT(operator_status("left").rows_in, lefts.size());
  EXPECT_LT(operator_status("right").rows_in, rights.size());
  for (const std::string uid : {"left", "right", "uneven", "tenfold", "pairs"})
    EXPECT_NEAR(operator_status(uid).blocked_share, 1.0, 0.01) << uid;
  for (int i = 0; i < 100; ++i)
    disturb();

  finish();
  expect_answer();
}

INSTANTIATE_TEST_SUITE_P(Workers, InterleavedWindowsTest, testing::Values(1u, 2u, 3u));

}  // namespace
}  // namespace weir
