// What a row costs in windowed operators, results included; the plugin's functions do next to
// nothing.

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <ctime>
#include <memory>
#include <random>
#include <utility>

#include <benchmark/benchmark.h>
#include <weir/abi.h>

#include "base/check.h"
#include "flow/operator.h"
#include "operators/window_aggregate.h"
#include "operators/window_rows.h"

namespace weir {
namespace {

struct Row {
  std::int64_t time;
  std::int64_t loss;
  std::int64_t jitter;
  std::int64_t rate;
};

struct Totals {
  std::int64_t count;
  std::int64_t sum;
  std::int64_t min;
  std::int64_t max;
};

RecordSchema schema_of(std::size_t size) {
  RecordSchema schema;
  schema.size = static_cast<std::uint32_t>(size);
  schema.alignment = 8;
  return schema;
}

class Discard final : public Output {
 public:
  void emit(RowBatch batch) override { rows += batch.size(); }
  void divert(SideStream, std::size_t, const RowBatch& batch) override { rows += batch.size(); }
  Status reject(std::size_t, const RowBatch&, std::size_t, std::string_view) override {
    return Done{};
  }
  Status reject_window(std::string_view, WindowBounds, std::string_view) override { return Done{}; }
  std::size_t rows = 0;
};

weir_status add(void*, const weir_rows* rows, void* const* states, weir_error*) noexcept {
  for (std::uint32_t i = 0; i < rows->count; ++i) {
    const auto& row = *static_cast<const Row*>(rows->rows[i]);
    auto& totals = *static_cast<Totals*>(states[i]);
    totals.count += 1;
    totals.sum += row.loss;
    if (row.loss < totals.min) totals.min = row.loss;
    if (row.loss > totals.max) totals.max = row.loss;
  }
  return WEIR_OK;
}

weir_status merge(
    void*, std::uint32_t count, void* const* into, const void* const* from, weir_error*) noexcept {
  for (std::uint32_t i = 0; i < count; ++i) {
    auto& totals = *static_cast<Totals*>(into[i]);
    const auto& other = *static_cast<const Totals*>(from[i]);
    totals.count += other.count;
    totals.sum += other.sum;
    if (other.min < totals.min) totals.min = other.min;
    if (other.max > totals.max) totals.max = other.max;
  }
  return WEIR_OK;
}

// One row for each batch of groups.
weir_status fire(void*, const weir_groups* groups, weir_out* out, weir_error*) noexcept {
  std::int64_t best = 0;
  for (std::uint32_t i = 0; i < groups->count; ++i) {
    if (groups->states != nullptr) best += static_cast<const Totals*>(groups->states[i])->sum;
    for (std::uint32_t side = 0; side < groups->side_count; ++side) {
      const weir_rows& rows = groups->sides[side][i];
      for (std::uint32_t row = 0; row < rows.count; ++row)
        best += static_cast<const Row*>(rows.rows[row])->loss;
    }
  }
  std::memcpy(out->reserve(out, 1), &best, sizeof(best));
  const std::uint32_t source = 0;
  out->commit(out, 1, &source);
  return WEIR_OK;
}

const weir_functions kFunctions = {
    sizeof(weir_functions), 0, nullptr, nullptr, nullptr, nullptr, &add, &merge, &fire};

std::unique_ptr<Operator> make_aggregate(const WindowSpec& window) {
  StateSchema state;
  state.record = schema_of(sizeof(Totals));
  state.initial.resize(sizeof(Totals));
  return *make_window_aggregate({.window = window,
                                 .groups = {},
                                 .state = std::move(state),
                                 .output_size = 8,
                                 .functions = &kFunctions});
}

std::unique_ptr<Operator> make_cogroup(const WindowSpec& window) {
  const auto schema = std::make_shared<const RecordSchema>(schema_of(sizeof(Row)));
  return *make_window_rows({.window = window,
                            .groups = {},
                            .inputs = {schema, schema},
                            .output_size = 8,
                            .functions = &kFunctions});
}

// CPU time of this thread in seconds: what others do on the machine does not count.
double cpu_seconds() {
  timespec time{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_nsec) / 1e9;
}

// Makes batches of rows of random keys, as hot in the caches as if they had just been decoded.
class Source final {
 public:
  Source(std::size_t keys, std::int64_t rows_per_second)
      : keys_(keys), rows_per_second_(rows_per_second) {}

  RowBatch next() {
    RowBatch batch;
    const auto block = std::make_shared<Block>(sizeof(Row), kBatchRows);
    for (std::size_t i = 0; i < kBatchRows; ++i) {
      const std::int64_t time = made_++ * 1000 / rows_per_second_;
      const std::uint64_t number = random_();
      auto* row = reinterpret_cast<Row*>(block->row(i));
      *row = {time, static_cast<std::int64_t>(number % 100), 0, 0};
      batch.rows.push_back(row);
      batch.times.push_back(time);
      batch.keys.push_back(key(*block, number % keys_));
    }
    batch.blocks.push_back(block);
    return batch;
  }

 private:
  static KeyView key(Block& block, std::uint64_t number) {
    char* text = block.allocate(16);
    std::memcpy(text, "user-00000000000", 16);
    for (std::size_t at = 15; number > 0; --at, number /= 10)
      text[at] = static_cast<char>('0' + number % 10);
    return {text, 16, hash_key({text, 16})};
  }

  std::mt19937_64 random_{7};
  std::uint64_t keys_;
  std::int64_t rows_per_second_;
  std::int64_t made_ = 0;
};

// Feeds `rows` rows, every second batch to the second port if there is one, the watermark 100 ms
// behind them. CPU seconds that the operator took.
double run(Operator& subject, Source& source, std::size_t rows, std::size_t ports) {
  static Discard output;
  double seconds = 0;
  std::int64_t watermark = 0;
  for (std::size_t turn = 0; turn < rows / kBatchRows; ++turn) {
    RowBatch batch = source.next();
    const std::int64_t time = batch.times.back() - 100;
    const double start = cpu_seconds();
    CHECK(subject.process(turn % ports, std::move(batch), output).has_value());
    if (time > watermark) {
      watermark = time;
      while (*subject.advance({watermark}, output) == Advance::More) {}
    }
    seconds += cpu_seconds() - start;
  }
  return seconds;
}

// The first run, in which memory grows, is not counted.
void measure(benchmark::State& state,
             Operator& subject,
             Source source,
             std::size_t rows,
             std::size_t ports) {
  run(subject, source, rows, ports);
  double seconds = 0;
  for (auto _ : state) {
    const double now = run(subject, source, rows, ports);
    state.SetIterationTime(now);
    seconds += now;
  }
  const auto all = static_cast<double>(state.iterations()) * static_cast<double>(rows);
  state.counters["ns_per_row"] = seconds / all * 1e9;
  state.counters["state_MB"] = static_cast<double>(subject.state_bytes()) / 1e6;
}

// Argument: number of keys. One window that never ends: adding to keys that are there.
void add_to_known_keys(benchmark::State& state) {
  const auto keys = static_cast<std::size_t>(state.range(0));
  const auto subject = make_aggregate({.size = 1LL << 50, .slide = 1LL << 50});
  measure(state, *subject, {keys, 1'000'000'000}, 4 << 20, 1);
}
BENCHMARK(add_to_known_keys)->Arg(10'000)->Arg(100'000)->Arg(1'000'000)->UseManualTime();

// Argument: number of keys. Tumbling windows of a second of a million rows.
void tumbling(benchmark::State& state) {
  const auto keys = static_cast<std::size_t>(state.range(0));
  const auto subject = make_aggregate({.size = 1000, .slide = 1000});
  measure(state, *subject, {keys, 1'000'000}, 4 << 20, 1);
}
BENCHMARK(tumbling)->Arg(1'000)->Arg(100'000)->Arg(1'000'000)->UseManualTime();

// Arguments: windows of 10 s that overlap, number of keys. 220,000 rows a second.
void sliding(benchmark::State& state) {
  const auto keys = static_cast<std::size_t>(state.range(1));
  const auto subject = make_aggregate({.size = 10'000, .slide = 10'000 / state.range(0)});
  measure(state, *subject, {keys, 220'000}, 4 << 20, 1);
}
BENCHMARK(sliding)->ArgsProduct({{1, 2, 10, 100, 1000}, {100, 1'000}})->UseManualTime();

// Arguments: number of keys, rows a second. Windows of 30 s every 15 s.
void cogroup(benchmark::State& state) {
  const auto subject = make_cogroup({.size = 30'000, .slide = 15'000});
  measure(state, *subject, {static_cast<std::size_t>(state.range(0)), state.range(1)}, 6 << 20, 2);
}
BENCHMARK(cogroup)
    ->Args({1'000, 10'000})
    ->Args({1'000, 100'000})
    ->Args({10'000, 100'000})
    ->Args({140'000, 100'000})
    ->UseManualTime();

}  // namespace
}  // namespace weir

BENCHMARK_MAIN();
