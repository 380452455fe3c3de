// What a row costs on its way from one worker to another.

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <random>
#include <utility>
#include <vector>

#include <benchmark/benchmark.h>

#include "flow/channel.h"
#include "flow/router.h"
#include "flow/stream_item.h"
#include "model/row_batch.h"

namespace weir {
namespace {

constexpr std::size_t kStride = 48;

RowBatch keyed_batch() {
  std::mt19937_64 random(1);
  auto block = std::make_shared<Block>(kStride, kBatchRows);
  RowBatch batch;
  for (std::size_t i = 0; i < kBatchRows; ++i) {
    batch.rows.push_back(block->row(i));
    batch.times.push_back(static_cast<std::int64_t>(i));
    batch.keys.push_back({.data = "key", .size = 3, .hash = random()});
  }
  batch.bytes = block->bytes();
  batch.blocks.push_back(std::move(block));
  return batch;
}

void count_rows(benchmark::State& state) {
  state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(kBatchRows));
}

void copy_batch(benchmark::State& state) {
  const RowBatch batch = keyed_batch();
  for (auto _ : state) {
    StreamItem item = batch;
    benchmark::DoNotOptimize(item);
  }
  count_rows(state);
}
BENCHMARK(copy_batch);

// Includes one copy_batch for each.
void pass_through_channel(benchmark::State& state) {
  const RowBatch batch = keyed_batch();
  Channel channel;
  for (auto _ : state) {
    StreamItem item = batch;
    if (!channel.offer(item)) state.SkipWithError("an empty channel refused");
    const std::optional<StreamItem> taken = channel.poll();
    benchmark::DoNotOptimize(taken);
  }
  count_rows(state);
}
BENCHMARK(pass_through_channel);

// Argument: number of workers. Includes one copy_batch for each.
void route_by_key(benchmark::State& state) {
  const RowBatch batch = keyed_batch();
  std::vector<std::unique_ptr<Channel>> channels;
  std::vector<Channel*> lanes;
  for (std::int64_t i = 0; i < state.range(0); ++i) {
    channels.push_back(std::make_unique<Channel>());
    lanes.push_back(channels.back().get());
  }
  KeyedOutlet outlet(lanes, kKeyGroupsDefault);
  for (auto _ : state) {
    outlet.push(batch);
    for (Channel* channel : lanes) {
      const std::optional<StreamItem> taken = channel->poll();
      benchmark::DoNotOptimize(taken);
    }
  }
  count_rows(state);
}
BENCHMARK(route_by_key)->Arg(1)->Arg(2)->Arg(8);

}  // namespace
}  // namespace weir

BENCHMARK_MAIN();
