// A row that a function refuses goes aside as the record it was made of, wherever that happens.
#include <array>
#include <random>
#include <set>
#include <stdexcept>

#include <gmock/gmock.h>

#include "base/format.h"
#include "format/base64.h"
#include "job/job_fixture.h"
#include "seed/test_seed.h"

namespace weir {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr std::size_t kSplits = 3;

// By what an amount leaves when divided by ten.
enum Fate : std::int64_t { kInFilter = 1, kInMap, kBehindMap, kInWindow, kDropped };

void refuse() {
  throw std::runtime_error("no");
}

std::string base64(std::string_view bytes) {
  std::string text(base64_size(bytes.size()), '\0');
  write_base64(bytes, text.data());
  return text;
}

class RefusedRowsTest : public SteppedJobTest, public testing::WithParamInterface<std::uint32_t> {
 protected:
  // filter -> map to two -> filter -> union with another source -> windows.
  void make_job() {
    const auto first = job->filter("first", job->source("in", 10'000), [](const Click& each) {
      if (each.amount % 10 == kInFilter) refuse();
      return each.amount % 10 != kDropped;
    });
    const auto twice = job->map("twice", first, [](const Click& each) {
      if (each.amount % 10 == kInMap) refuse();
      return std::vector{each.amount, -each.amount};
    });
    const auto second = job->filter("second", twice, [](const Click& each) {
      if (-each.amount % 10 == kBehindMap) refuse();
      return true;
    });
    const auto both = job->unite("both", {second, job->source("other", 10'000)});
    const auto user = job->key_by_user("user", both);
    job->sink("out", job->sum("sums", user, {.size = 20, .slide = 10}, [](const Click& each) {
      if (each.amount % 10 == kInWindow) refuse();
    }));
  }

  static std::string refuser_of(std::int64_t amount) {
    switch (amount % 10) {
      case kInFilter: return "first";
      case kInMap: return "twice";
      case kBehindMap: return "second";
      case kInWindow: return "sums";
      default: return {};
    }
  }

  std::mt19937_64 random{tests::test_seed()};
};

TEST_P(RefusedRowsTest, EveryOneNamesItsRecordAndHasItsBytes) {
  make_job();
  world.topic("in", kSplits);
  JobSpec entry = spec();
  connect_side(entry, "errors");
  start(std::move(entry), GetParam());
  std::multiset<std::string> expected;
  std::array<std::int64_t, kSplits> offsets{};
  for (std::int64_t i = 0; i < 2000; ++i) {
    const auto amount = static_cast<std::int64_t>(random() % 50);
    // Some so large that a batch is closed before it is full.
    const std::size_t length = random() % 8 == 0 ? 20'000 : 5;
    const std::string user = std::string(length, 'u') + std::to_string(random() % 9);
    const fakes::Message message{.key = random() % 2 == 0 ? format("key-{}", i) : "",
                                 .value = ' ' + click(i % 100, user, amount),
                                 .timestamp = i % 7 == 0 ? -1 : i};
    const std::size_t split = random() % kSplits;
    const std::int64_t offset = offsets[split]++;
    if (const std::string refuser = refuser_of(amount); !refuser.empty()) {
      expected.insert(
          format(R"({{"job":"clicks","operator":"{}","reason":"no","field":"","position":0,)"
                 R"("source":"in","topic":"memory","partition":{},"offset":{},{}"key":"{}",)"
                 R"("value":"{}"}})",
                 refuser,
                 split,
                 offset,
                 message.timestamp < 0 ? "" : format(R"("timestamp":{},)", message.timestamp),
                 base64(message.key),
                 base64(message.value)));
    }
    world.topic("in").append(split, message);
    if (random() % 100 == 0) world.topic("in").limit_polls(1 + random() % 300);
    if (random() % 100 == 0) host->settle();
  }
  world.topic("in").limit_polls(SIZE_MAX);
  host->settle();

  const auto found = side("errors");
  EXPECT_EQ(status().state, JobState::Running) << status().cause;
  EXPECT_GT(found.size(), 500u);
  EXPECT_TRUE(std::multiset<std::string>(found.begin(), found.end()) == expected)
      << found.size() << " set aside, " << expected.size() << " refused";
}

TEST_P(RefusedRowsTest, WhatAWindowMadeHasNoRecordOfItsOwn) {
  const auto sums = job->sum("sums", job->key_by_user("user", job->source("in")), {10, 10});
  job->sink("out", job->filter("late", sums, [](const Click&) -> bool {
    throw std::runtime_error("no");
  }));
  JobSpec entry = spec();
  connect_side(entry, "errors");
  start(std::move(entry), GetParam());
  feed(5, "a");
  feed(25, "a");
  host->settle();

  EXPECT_THAT(side("errors"),
              ElementsAre(AllOf(HasSubstr(R"("operator":"late")"),
                                HasSubstr(base64(click(9, "a", 1))),
                                Not(HasSubstr(R"("topic")")),
                                Not(HasSubstr(R"("source")")))));
}

INSTANTIATE_TEST_SUITE_P(Workers, RefusedRowsTest, testing::Values(1u, 2u));

}  // namespace
}  // namespace weir
