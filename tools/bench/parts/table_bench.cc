// What finding or inserting the keys of a batch costs, and what a key takes in memory.

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <random>
#include <span>
#include <string_view>
#include <vector>

#include <benchmark/benchmark.h>

#include "model/key.h"
#include "model/row_batch.h"
#include "state/table_layout.h"
#include "state/table_set.h"

namespace weir {
namespace {

constexpr std::size_t kInlineMax = 16;
constexpr std::size_t kValueSize = 32;  // count, sum, least, greatest

// Ids as tools/datagen makes them.
class Ids final {
 public:
  explicit Ids(std::size_t count) : bytes_(count) {
    for (std::size_t i = 0; i < count; ++i) {
      const auto digits = static_cast<unsigned>(i % 1'000'000'000);
      std::snprintf(bytes_[i].data(), bytes_[i].size(), "u%09u", digits);
    }
  }

  std::string_view at(std::size_t i) const { return {bytes_[i].data(), kSize}; }
  std::size_t size() const { return bytes_.size(); }

 private:
  static constexpr std::size_t kSize = 10;
  std::vector<std::array<char, kSize + 1>> bytes_;
};

void upsert(TableSet& set, TableBatch& batch, std::span<const KeyView> keys) {
  batch.clear();
  for (const KeyView& key : keys) {
    batch.add(set, set.table_of(key), static_cast<std::uint32_t>(key.hash), key.bytes());
  }
  batch.upsert();
}

// Argument: number of keys. Batches of random keys, all of which are there.
void upsert_known_keys(benchmark::State& state) {
  const Ids ids(static_cast<std::size_t>(state.range(0)));
  const std::vector<std::byte> initial(kValueSize);
  const TableLayout layout(kInlineMax, alignof(std::int64_t), initial);
  StateSize total;
  TableSet set(layout, KeyGroupRange{}, TableSet::LongKeys::Copied, total);
  TableBatch batch;
  std::vector<KeyView> keys(kBatchRows);
  const auto fill = [&](auto choose) {
    for (KeyView& key : keys) {
      const auto id = ids.at(choose());
      key = {id.data(), static_cast<std::uint32_t>(id.size()), hash_key(id)};
    }
  };
  for (std::size_t next = 0; next < ids.size();) {
    fill([&] { return next < ids.size() ? next++ : 0; });
    upsert(set, batch, keys);
  }
  std::mt19937_64 random(1);
  constexpr std::size_t kPrepared = 256;
  std::vector<std::vector<KeyView>> prepared;
  for (std::size_t i = 0; i < kPrepared; ++i) {
    fill([&] { return random() % ids.size(); });
    prepared.push_back(keys);
  }

  std::size_t turn = 0;
  for (auto _ : state) {
    upsert(set, batch, prepared[turn++ % kPrepared]);
    for (void* value : batch.values())
      ++*static_cast<std::int64_t*>(value);
  }

  state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(kBatchRows));
  state.counters["bytes_per_key"] =
      static_cast<double>(set.size().bytes) / static_cast<double>(set.size().keys);
}
BENCHMARK(upsert_known_keys)->Arg(10'000)->Arg(100'000)->Arg(1'000'000);

}  // namespace
}  // namespace weir

BENCHMARK_MAIN();
