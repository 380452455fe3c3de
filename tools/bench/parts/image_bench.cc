// What making one epoch durable costs: prepare, commit, bytes written, and the size of an image.

#include <chrono>
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <random>
#include <string>
#include <string_view>
#include <utility>

#include <benchmark/benchmark.h>

#include "base/check.h"
#include "base/clock.h"
#include "checkpoint/rocks_image.h"
#include "model/key.h"

namespace weir {
namespace {

constexpr std::uint64_t kKeys = 2'000'000;
constexpr std::size_t kValueBytes = 100;
constexpr std::size_t kTasks = 2;

// Bytes that this process has handed to files.
std::uint64_t written_bytes() {
  std::ifstream io("/proc/self/io");
  std::string name;
  std::uint64_t value = 0;
  while (io >> name >> value) {
    if (name == "wchar:") return value;
  }
  return 0;
}

std::uint64_t size_of(const std::filesystem::path& folder) {
  std::uint64_t size = 0;
  for (const auto& entry : std::filesystem::directory_iterator(folder))
    size += entry.file_size();
  return size;
}

// `count` keys from `first` on, as two tasks hand them over: in the order of their tables.
EpochDelta epoch_of(std::uint64_t epoch, std::uint64_t first, std::uint64_t count) {
  EpochDelta made;
  made.epoch = epoch;
  made.operators.resize(kTasks);
  for (OperatorDelta& task : made.operators)
    task.uid = "sums";
  std::mt19937_64 random(epoch);
  std::string value(kValueBytes, '\0');
  for (std::uint64_t i = 0; i < count; ++i) {
    char key[16];
    const int size =
        std::snprintf(key, sizeof(key), "u%09u", static_cast<unsigned>((first + i) % kKeys));
    const std::string_view text(key, static_cast<std::size_t>(size));
    const std::uint32_t group = key_group_of(hash_key(text), kKeyGroupsDefault);
    for (std::size_t at = 0; at < value.size(); at += 5)  // As dense as counters are.
      value[at] = static_cast<char>(random());
    made.operators[group * kTasks / kKeyGroupsDefault].delta.put(
        1, static_cast<std::uint16_t>(group), {text}, {value});
  }
  return made;
}

double milliseconds(MonotonicTime from, MonotonicTime to) {
  return std::chrono::duration<double, std::milli>(to - from).count();
}

// Argument: keys of an epoch, on an image of two million.
void commit_epochs(benchmark::State& state) {
  std::string pattern = (std::filesystem::temp_directory_path() / "weir-bench-XXXXXX").string();
  CHECK(::mkdtemp(pattern.data()) != nullptr);
  const SystemClock clock;
  {
    auto image = open_rocks_image(pattern, {.job = "bench"}, make_rocks_share()).value();
    CHECK(image->prepare(epoch_of(1, 0, kKeys)));
    CHECK(image->commit());
    const auto count = static_cast<std::uint64_t>(state.range(0));
    std::uint64_t written = 0;
    double prepare = 0;
    double commit = 0;
    for (auto _ : state) {
      const EpochDelta delta = epoch_of(image->epoch() + 1, image->epoch() * count, count);
      const std::uint64_t before = written_bytes();
      const MonotonicTime begun = clock.monotonic_now();
      CHECK(image->prepare(delta));
      const MonotonicTime prepared = clock.monotonic_now();
      CHECK(image->commit());
      const MonotonicTime committed = clock.monotonic_now();
      written += written_bytes() - before;
      prepare += milliseconds(begun, prepared);
      commit += milliseconds(prepared, committed);
      state.SetIterationTime(milliseconds(begun, committed) / 1000);
    }
    using benchmark::Counter;
    state.counters["prepare_ms"] = Counter(prepare, Counter::kAvgIterations);
    state.counters["commit_ms"] = Counter(commit, Counter::kAvgIterations);
    state.counters["written_MB"] =
        Counter(static_cast<double>(written) / 1e6, Counter::kAvgIterations);
    state.counters["image_bytes_per_key"] =
        static_cast<double>(size_of(pattern)) / static_cast<double>(kKeys);
  }
  std::filesystem::remove_all(pattern);
}

BENCHMARK(commit_epochs)
    ->Arg(10'000)
    ->Arg(100'000)
    ->Arg(1'000'000)
    ->UseManualTime()
    ->Iterations(5)
    ->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace weir

BENCHMARK_MAIN();
