#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <gmock/gmock.h>

#include "fakes/manual_clock.h"
#include "fakes/memory_connector.h"
#include "fakes/recorded_log.h"
#include "job/click_job.h"
#include "job/stepped_host.h"

namespace weir {

// What the tests of running jobs share: a job under construction, its outside world, and a host.
class JobFixture : public testing::Test {
 protected:
  JobHostOptions options(std::uint32_t workers) {
    return {.workers = workers,
            .clock = clock,
            .log = log,
            .find_connector = [this](std::string_view, const std::filesystem::path&)
                -> Result<const Connector*> { return &world; },
            .load_code = [this](const JobSpec&) -> Result<std::shared_ptr<const JobCode>> {
              return std::shared_ptr<const JobCode>(job);
            },
            .on_change = {}};
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
  std::shared_ptr<ClickJob> job = std::make_shared<ClickJob>();
};

}  // namespace weir
