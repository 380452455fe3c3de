// Plugins as they are, in a host as it is, swapped until what is left behind would show.
#include <chrono>
#include <cstddef>
#include <filesystem>
#include <fstream>
#include <malloc.h>

#include <gmock/gmock.h>

#include "base/format.h"
#include "job/job_fixture.h"
#include "job/job_host.h"

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
// Of the sanitizer's run-time library, whose headers do not come with gcc.
extern "C" std::size_t __sanitizer_get_current_allocated_bytes();  // NOLINT
#endif

namespace weir {
namespace {

std::size_t allocated_bytes() {
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
  return __sanitizer_get_current_allocated_bytes();
#else
  return mallinfo2().uordblks;
#endif
}

std::size_t count_in(const std::filesystem::path& folder) {
  std::size_t count = 0;
  for ([[maybe_unused]] const auto& each : std::filesystem::directory_iterator(folder))
    ++count;
  return count;
}

// Those of files: what the allocator maps comes and goes.
std::size_t mapped_files() {
  std::ifstream maps("/proc/self/maps");
  std::size_t count = 0;
  for (std::string line; std::getline(maps, line);)
    count += line.find(".so") != std::string::npos ? 1 : 0;
  return count;
}

struct Resources {
  std::size_t threads = count_in("/proc/self/task");
  std::size_t files = count_in("/proc/self/fd");
  std::size_t mappings = mapped_files();
  std::size_t bytes = allocated_bytes();
};

class ManySwapsTest : public JobFixture {
 protected:
  JobSpec entry_of(int version, std::int64_t scale) {
    JobSpec made;
    made.name = "sums";
    made.plugin = "versions";
    made.type = "sums";
    made.plugin_path = format("{}/libversions-{}.so", WEIR_TEST_PLUGINS, version);
    made.parameters = {scale};
    made.epoch = std::chrono::milliseconds(50);
    made.sources.emplace_back().uid = "events";
    made.sources.back().request = request("events");
    for (const char* sink : {"raw", "totals"}) {
      made.sinks.emplace_back().uid = sink;
      made.sinks.back().request = request(sink);
    }
    return made;
  }

  static std::string event(std::int64_t number) {
    return format(R"({{"tm":{},"user":"user-{}","number":{}}})", number * 10, number % 7, number);
  }

  SystemClock system_clock;
};

TEST_F(ManySwapsTest, LeaveNothingBehind) {
  constexpr int kSwaps = 1'000;
  world.topic("events", 2);
  world.output("raw");
  world.output("totals");
  JobHostOptions made = options(2);
  JobHost host({.workers = 2,
                .clock = system_clock,
                .log = log,
                .find_connector = made.find_connector,
                .load_code = load_plugin_code,
                .on_change = {}});
  ASSERT_TRUE(host.submit(entry_of(10, 0)));

  std::optional<Resources> early;
  for (int i = 1; i <= kSwaps; ++i) {
    world.topic("events").append(static_cast<std::size_t>(i % 2), event(i));
    auto swapped = host.swap(entry_of(10 + i % 2, i));
    while (!swapped && swapped.error().message().find("starting") != std::string::npos)
      swapped = host.swap(entry_of(10 + i % 2, i));
    ASSERT_TRUE(swapped) << i << ": " << swapped.error().text();
    if (i == kSwaps / 10) early.emplace();
  }
  const Resources late;

  EXPECT_EQ(late.threads, early->threads);
  EXPECT_EQ(late.files, early->files);
  EXPECT_LE(late.mappings, early->mappings + 8);  // Those of one version more or less.
  // What the records hold that are kept here, and some more.
  EXPECT_LE(late.bytes, early->bytes + std::size_t{2} * 1024 * 1024);
  const HostStatus status = host.status();
  EXPECT_EQ(status.jobs.at(0).swaps, static_cast<std::uint64_t>(kSwaps));
  EXPECT_EQ(status.jobs.at(0).plugin_version, "1.0.0");

  world.topic("events").end_all();
  ASSERT_TRUE(host.drain(std::chrono::seconds(60)));
  EXPECT_EQ(world.output("raw").size(), static_cast<std::size_t>(kSwaps));
}

}  // namespace
}  // namespace weir
