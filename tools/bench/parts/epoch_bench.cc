// What epochs cost a task: rows with and without tracking what they change, and how long the task
// is kept from its rows while the changes of an epoch are handed over.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <ctime>
#include <memory>
#include <random>
#include <string_view>
#include <utility>
#include <vector>

#include <benchmark/benchmark.h>
#include <weir/abi.h>

#include "base/check.h"
#include "flow/operator.h"
#include "operators/window_aggregate.h"

namespace weir {
namespace {

struct Row {
  std::int64_t time;
  std::int64_t loss;
};

struct Totals {
  std::int64_t count;
  std::int64_t sum;
};

class Discard final : public Output {
 public:
  void emit(RowBatch) override {}
  void divert(SideStream, std::size_t, const RowBatch&) override {}
  Status reject(std::size_t, const RowBatch&, std::size_t, std::string_view) override {
    return Done{};
  }
  Status reject_window(std::string_view, WindowBounds, std::string_view) override { return Done{}; }
};

weir_status add(void*, const weir_rows* rows, void* const* states, weir_error*) noexcept {
  for (std::uint32_t i = 0; i < rows->count; ++i) {
    auto& totals = *static_cast<Totals*>(states[i]);
    totals.count += 1;
    totals.sum += static_cast<const Row*>(rows->rows[i])->loss;
  }
  return WEIR_OK;
}

weir_status fire(void*, const weir_groups*, weir_out*, weir_error*) noexcept {
  return WEIR_OK;
}

const weir_functions kFunctions = {
    sizeof(weir_functions), 0, nullptr, nullptr, nullptr, nullptr, &add, nullptr, &fire};

std::unique_ptr<Operator> make_subject(bool is_durable) {
  StateSchema state;
  state.record.size = sizeof(Totals);
  state.record.alignment = alignof(Totals);
  state.initial.resize(sizeof(Totals));
  return *make_window_aggregate({.window = {.size = 3'600'000, .slide = 3'600'000},
                                 .groups = {},
                                 .state = std::move(state),
                                 .output_size = 8,
                                 .functions = &kFunctions,
                                 .is_durable = is_durable});
}

// CPU time of this thread: what others do on the machine does not count.
double cpu_seconds() {
  timespec time{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_nsec) / 1e9;
}

// Batches of rows of random keys of one window.
class Source final {
 public:
  explicit Source(std::size_t keys) : keys_(keys) {}

  RowBatch next() {
    RowBatch batch;
    const auto block = std::make_shared<Block>(sizeof(Row), kBatchRows);
    for (std::size_t i = 0; i < kBatchRows; ++i) {
      auto* row = reinterpret_cast<Row*>(block->row(i));
      *row = {.time = 0, .loss = 1};
      char* key = block->allocate(sizeof(std::uint64_t));
      const std::uint64_t number = random_() % keys_;
      std::memcpy(key, &number, sizeof(number));
      const std::string_view bytes(key, sizeof(number));
      batch.rows.push_back(row);
      batch.times.push_back(row->time);
      batch.keys.push_back({key, sizeof(number), hash_key(bytes)});
    }
    batch.bytes = block->bytes() + vector_bytes(batch);
    batch.blocks.push_back(block);
    return batch;
  }

 private:
  std::size_t keys_;
  std::mt19937_64 random_{7};
};

// Seconds that one batch takes.
double process_one(Operator& subject, Source& source) {
  static Discard output;
  RowBatch batch = source.next();
  const double before = cpu_seconds();
  CHECK(subject.process(0, std::move(batch), output).has_value());
  return cpu_seconds() - before;
}

// range(0): keys. range(1): rows in an epoch; 0: nothing is durable.
void rows_with_epochs(benchmark::State& state) {
  const auto epoch_rows = static_cast<std::size_t>(state.range(1));
  const auto subject = make_subject(epoch_rows > 0);
  Source source(static_cast<std::size_t>(state.range(0)));
  for (std::size_t rows = 0; rows < 4 * static_cast<std::size_t>(state.range(0));
       rows += kBatchRows)
    process_one(*subject, source);
  Discard output;
  StateDelta delta;
  bool is_collecting = false;
  std::size_t rows = 0;
  for (auto _ : state) {
    RowBatch batch = source.next();
    rows += kBatchRows;
    const double before = cpu_seconds();
    CHECK(subject->process(0, std::move(batch), output).has_value());
    if (is_collecting) {
      is_collecting = !subject->collect_more();
    } else if (epoch_rows > 0 && rows >= epoch_rows) {
      rows = 0;
      delta = {};
      subject->collect(delta);
      is_collecting = true;
    }
    state.SetIterationTime(cpu_seconds() - before);
  }
  state.SetItemsProcessed(static_cast<std::int64_t>(state.iterations() * kBatchRows));
}

double percentile(std::vector<double>& sorted, double share) {
  const auto last = static_cast<double>(sorted.size() - 1);
  return sorted[static_cast<std::size_t>(last * share)];
}

// All of range(0) keys have changed when the barrier comes; rows of random keys follow. One
// iteration is an epoch; its time is that of handing everything over.
void pause_at_barrier(benchmark::State& state) {
  const auto subject = make_subject(true);
  Source source(static_cast<std::size_t>(state.range(0)));
  std::vector<double> pauses;
  double barrier_longest = 0;
  double batch_longest = 0;
  for (auto _ : state) {
    while (subject->key_count() < static_cast<std::size_t>(state.range(0)) * 99 / 100)
      process_one(*subject, source);
    for (std::size_t rows = 0; rows < 5 * static_cast<std::size_t>(state.range(0));
         rows += kBatchRows)
      process_one(*subject, source);
    StateDelta delta;
    const double before = cpu_seconds();
    subject->collect(delta);
    double seconds = cpu_seconds() - before;
    barrier_longest = std::max(barrier_longest, seconds);
    pauses.push_back(seconds);
    for (bool is_done = false; !is_done;) {
      const double step_before = cpu_seconds();
      is_done = subject->collect_more();
      pauses.push_back(cpu_seconds() - step_before);
      seconds += pauses.back();
      batch_longest = std::max(batch_longest, process_one(*subject, source));
    }
    state.counters["entries"] = static_cast<double>(delta.entries().size());
    state.SetIterationTime(seconds);
  }
  std::ranges::sort(pauses);
  state.counters["barrier_max_ms"] = barrier_longest * 1e3;
  state.counters["step_p50_ms"] = percentile(pauses, 0.5) * 1e3;
  state.counters["step_p999_ms"] = percentile(pauses, 0.999) * 1e3;
  state.counters["step_max_ms"] = pauses.back() * 1e3;
  state.counters["batch_max_ms"] = batch_longest * 1e3;
}

BENCHMARK(rows_with_epochs)
    ->ArgNames({"keys", "epoch_rows"})
    ->ArgsProduct({{1'000, 100'000, 1'000'000}, {0, 100'000'000, 1'000'000}})
    ->UseManualTime();
BENCHMARK(pause_at_barrier)
    ->ArgName("keys")
    ->Arg(1'000'000)
    ->Iterations(10)
    ->UseManualTime()
    ->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace weir

BENCHMARK_MAIN();
