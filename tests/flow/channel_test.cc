#include "flow/channel.h"

#include <thread>

#include <gmock/gmock.h>

#include "flow/waker.h"

namespace weir {
namespace {

StreamItem rows(std::int64_t time, std::size_t bytes) {
  RowBatch batch;
  batch.rows.push_back(nullptr);
  batch.times.push_back(time);
  batch.bytes = bytes;
  return batch;
}

bool offer(Channel& channel, StreamItem item) {
  return channel.offer(item);
}

std::int64_t poll_time(Channel& channel) {
  auto item = channel.poll();
  EXPECT_TRUE(item.has_value());
  return std::get<RowBatch>(*item).times.at(0);
}

class CountingWaker final : public Waker {
 public:
  void wake() override { ++count; }
  int count = 0;
};

TEST(Channel, KeepsTheOrderOfItems) {
  Channel channel;

  ASSERT_TRUE(offer(channel, rows(1, 10)));
  ASSERT_TRUE(offer(channel, Watermark{{5}}));
  ASSERT_TRUE(offer(channel, rows(2, 10)));

  EXPECT_EQ(poll_time(channel), 1);
  EXPECT_EQ(std::get<Watermark>(*channel.poll()).time, EventTime{5});
  EXPECT_EQ(poll_time(channel), 2);
  EXPECT_FALSE(channel.poll().has_value());
}

TEST(Channel, RefusesWhatExceedsItsBytesAndLeavesTheItemAlone) {
  Channel channel({.bytes_max = 100});
  ASSERT_TRUE(offer(channel, rows(1, 60)));
  StreamItem second = rows(2, 60);

  EXPECT_FALSE(channel.offer(second));
  EXPECT_EQ(std::get<RowBatch>(second).size(), 1u);

  EXPECT_EQ(poll_time(channel), 1);
  EXPECT_TRUE(channel.offer(second));
}

TEST(Channel, TakesAnyItemWhenEmpty) {
  Channel channel({.bytes_max = 100});

  EXPECT_TRUE(offer(channel, rows(1, 5000)));
  EXPECT_EQ(channel.bytes(), 5000u);
  EXPECT_EQ(poll_time(channel), 1);
  EXPECT_EQ(channel.bytes(), 0u);
}

TEST(Channel, BoundsTheNumberOfItems) {
  Channel channel({.bytes_max = 100, .items_max = 2});

  EXPECT_TRUE(offer(channel, Watermark{{1}}));
  EXPECT_TRUE(offer(channel, Watermark{{2}}));
  EXPECT_FALSE(offer(channel, Watermark{{3}}));
}

TEST(Channel, WakesTheConsumerForItemsAndTheProducerForRoom) {
  CountingWaker producer;
  CountingWaker consumer;
  Channel channel({.bytes_max = 10});
  channel.set_wakers(&producer, &consumer);

  ASSERT_TRUE(offer(channel, rows(1, 10)));
  EXPECT_EQ(consumer.count, 1);
  ASSERT_FALSE(offer(channel, rows(2, 10)));
  EXPECT_EQ(producer.count, 0);
  poll_time(channel);
  EXPECT_EQ(producer.count, 1);
}

TEST(Channel, FreesWhatNobodyTook) {
  const auto memory = std::make_shared<int>(1);
  {
    Channel channel;
    RowBatch batch;
    batch.blocks.emplace_back(memory, nullptr);
    ASSERT_TRUE(offer(channel, std::move(batch)));
    EXPECT_EQ(memory.use_count(), 2);
  }
  EXPECT_EQ(memory.use_count(), 1);
}

TEST(Channel, LosesNothingBetweenTwoThreads) {
  constexpr std::int64_t kItems = 20'000;
  Channel channel({.bytes_max = 50, .items_max = 8});
  std::thread producer([&] {
    for (std::int64_t i = 0; i < kItems; ++i) {
      StreamItem item = rows(i, 1 + static_cast<std::size_t>(i % 70));
      while (!channel.offer(item))
        std::this_thread::yield();
    }
  });

  std::int64_t expected = 0;
  while (expected < kItems) {
    auto item = channel.poll();
    if (!item) {
      std::this_thread::yield();
      continue;
    }
    EXPECT_EQ(std::get<RowBatch>(*item).times.at(0), expected);
    ++expected;
  }

  producer.join();
  EXPECT_EQ(channel.bytes(), 0u);
}

}  // namespace
}  // namespace weir
