#include "flow/router.h"

#include <array>
#include <random>

#include <gmock/gmock.h>

#include "seed/test_seed.h"

namespace weir {
namespace {

using ::testing::ElementsAre;

constexpr std::uint32_t kGroups = 128;

// Rows with the given hashes; the event time of each, and its record, is its index.
RowBatch keyed(const std::vector<std::uint64_t>& hashes) {
  RowBatch batch;
  for (std::size_t i = 0; i < hashes.size(); ++i) {
    batch.rows.push_back(&batch);
    batch.times.push_back(static_cast<std::int64_t>(i));
    batch.keys.push_back({.data = nullptr, .size = 0, .hash = hashes[i]});
    batch.records.push_back(static_cast<std::uint32_t>(i));
  }
  batch.bytes = hashes.size() * 10;
  return batch;
}

std::vector<std::int64_t> poll_times(Channel& channel) {
  std::vector<std::int64_t> times;
  while (auto item = channel.poll()) {
    if (const auto* batch = std::get_if<RowBatch>(&*item)) {
      times.insert(times.end(), batch->times.begin(), batch->times.end());
    }
  }
  return times;
}

TEST(KeyedOutlet, SendsEachRowToTheOwnerOfItsKeyGroup) {
  Channel first;
  Channel second;
  const std::array channels = {&first, &second};
  KeyedOutlet outlet(channels, kGroups);

  outlet.push(keyed({0, ~0ULL, 1, ~1ULL}));

  EXPECT_THAT(poll_times(first), ElementsAre(0, 2));
  EXPECT_THAT(poll_times(second), ElementsAre(1, 3));
}

TEST(KeyedOutlet, SendsControlItemsToEveryWorker) {
  Channel first;
  Channel second;
  const std::array channels = {&first, &second};
  KeyedOutlet outlet(channels, kGroups);

  outlet.push(Barrier{4});

  EXPECT_EQ(std::get<Barrier>(*first.poll()).epoch, 4u);
  EXPECT_EQ(std::get<Barrier>(*second.poll()).epoch, 4u);
}

TEST(KeyedOutlet, AFullChannelDoesNotKeepABarrierFromTheOthers) {
  Channel full({.bytes_max = 10});
  Channel empty({.bytes_max = 10});
  const std::array channels = {&full, &empty};
  KeyedOutlet outlet(channels, kGroups);
  outlet.push(keyed({0}));
  outlet.push(keyed({1}));
  outlet.push(Barrier{1});

  const Result<bool> is_clear = outlet.drain();

  EXPECT_FALSE(*is_clear);
  EXPECT_TRUE(std::holds_alternative<Barrier>(*empty.poll()));
  EXPECT_THAT(poll_times(full), ElementsAre(0));
  static_cast<void>(outlet.drain());
  EXPECT_THAT(poll_times(full), ElementsAre(0));
  EXPECT_TRUE(*outlet.drain());
}

TEST(ForwardOutlet, KeepsOrderBehindWhatWaits) {
  Channel channel({.bytes_max = 10});
  ForwardOutlet outlet(channel);
  outlet.push(keyed({0}));
  outlet.push(keyed({0, 0}));
  outlet.push(Watermark{{9}});

  EXPECT_THAT(poll_times(channel), ElementsAre(0));
  EXPECT_FALSE(*outlet.drain());
  EXPECT_THAT(poll_times(channel), ElementsAre(0, 1));
  EXPECT_TRUE(*outlet.drain());
  EXPECT_TRUE(std::holds_alternative<Watermark>(*channel.poll()));
}

TEST(SplitRows, LosesNoRowAndKeepsTheOrder) {
  std::mt19937_64 random(tests::test_seed());
  std::vector<std::uint64_t> hashes(1000);
  std::vector<std::uint16_t> workers(1000);
  for (auto& hash : hashes)
    hash = random();
  for (auto& worker : workers)
    worker = static_cast<std::uint16_t>(random() % 3);
  const RowBatch batch = keyed(hashes);

  std::vector<RowBatch> parts(3);
  split_rows(batch, workers, parts);

  std::array<std::size_t, 3> next = {};
  for (std::size_t i = 0; i < hashes.size(); ++i) {
    const RowBatch& part = parts[workers[i]];
    const std::size_t place = next[workers[i]]++;
    ASSERT_EQ(part.times.at(place), static_cast<std::int64_t>(i));
    ASSERT_EQ(part.keys.at(place).hash, hashes[i]);
    ASSERT_EQ(part.records.at(place), i);
  }
  EXPECT_EQ(parts[0].size() + parts[1].size() + parts[2].size(), hashes.size());
}

}  // namespace
}  // namespace weir
