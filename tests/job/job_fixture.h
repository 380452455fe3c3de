#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <gmock/gmock.h>

#include "fakes/manual_clock.h"
#include "fakes/memory_connector.h"
#include "fakes/memory_image.h"
#include "fakes/recorded_log.h"
#include "job/click_job.h"
#include "job/stepped_host.h"

namespace weir {

// What the tests of running jobs share: a job under construction, its outside world, and a host.
class JobFixture : public testing::Test {
 protected:
  JobHostOptions options(std::uint32_t workers) {
    JobHostOptions made{
        .workers = workers,
        .clock = clock,
        .log = log,
        .find_connector = [this](std::string_view, const std::filesystem::path&)
            -> Result<const Connector*> { return &world; },
        .load_code = [this](const JobSpec&) -> Result<std::shared_ptr<const JobCode>> {
          return std::shared_ptr<const JobCode>(job);
        },
        .on_change = {}};
    if (is_durable) {
      made.open_image = [this](const JobSpec&) -> Result<std::unique_ptr<StateImage>> {
        return fakes::open_memory_image(disk);
      };
    }
    return made;
  }

  // The job's entry, with every port connected to the world's port of that name.
  JobSpec spec() {
    JobSpec made;
    made.name = "clicks";
    made.plugin = "test";
    made.type = "clicks";
    for (const OperatorDescription& each : job->description().operators) {
      if (each.kind == OperatorKind::Source) {
        SourceSpec source;
        source.uid = each.uid;
        source.request = request(each.uid);
        world.topic(each.uid);
        made.sources.push_back(std::move(source));
      } else if (each.kind == OperatorKind::Sink) {
        SinkSpec sink;
        sink.uid = each.uid;
        sink.request = request(each.uid);
        world.output(each.uid);
        made.sinks.push_back(std::move(sink));
      }
    }
    return made;
  }

  void connect_side(JobSpec& entry, const std::string& stream) {
    SideSpec side;
    side.stream = stream;
    side.request = request("side." + stream);
    world.output("side." + stream);
    entry.sides.push_back(std::move(side));
  }

  PortRequest request(const std::string& port) {
    PortRequest made;
    made.job = "clicks";
    made.port = port;
    return made;
  }

  fakes::ManualClock clock;
  fakes::RecordedLog log;
  fakes::MemoryConnector world;
  fakes::MemoryDisk disk;
  bool is_durable = false;  // Whether jobs keep their state on the disk.
  std::shared_ptr<ClickJob> job = std::make_shared<ClickJob>();
};

// A job on a host without threads, fed and looked at step by step.
class SteppedJobTest : public JobFixture {
 protected:
  void start(JobSpec entry, std::uint32_t workers = 1, std::uint64_t order = 1) {
    host = std::make_unique<SteppedHost>(options(workers), order);
    const Status submitted = host->submit(std::move(entry));
    ASSERT_TRUE(submitted) << submitted.error().text();
    ASSERT_TRUE(host->step_until([this] {
      return status().state != JobState::Starting && status().state != JobState::Restoring;
    }));
  }

  bool step_until(JobState state) {
    return host->step_until([&] { return status().state == state; }, 10'000);
  }

  JobStatus status() { return host->status().jobs.at(0); }

  OperatorStatus operator_status(const std::string& uid) {
    for (const OperatorStatus& each : status().operators) {
      if (each.uid == uid) return each;
    }
    ADD_FAILURE() << "no operator " << uid;
    return {};
  }

  std::uint64_t side_rows(const std::string& stream) {
    for (const SideStatus& each : status().sides) {
      if (each.stream == stream) return each.rows;
    }
    return 0;
  }

  void feed(std::int64_t tm, std::string_view user, std::int64_t amount = 1) {
    world.topic("in").append(0, click(tm, user, amount));
  }

  void complete_epoch() {
    const std::uint64_t before = status().epoch.completed;
    clock.advance(std::chrono::seconds(1));
    EXPECT_TRUE(host->step_until([&] { return status().epoch.completed > before; }));
  }

  std::vector<std::string> out() { return world.output("out").values(); }
  std::vector<std::string> side(const std::string& stream) {
    return world.output("side." + stream).values();
  }

  // in -> filter "useful" (amount > 0) -> key -> 10 ms windows "sums" -> out.
  void make_sums() {
    const auto useful =
        job->filter("useful", job->source("in"), [](const Click& each) { return each.amount > 0; });
    job->sink("out", job->sum("sums", job->key_by_user("user", useful), {10, 10}));
  }

  std::unique_ptr<SteppedHost> host;
};

}  // namespace weir
