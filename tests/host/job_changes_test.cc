#include "host/job_changes.h"

#include <algorithm>
#include <memory>
#include <string>
#include <thread>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/clock.h"
#include "base/counter.h"
#include "base/format.h"
#include "host/routes.h"
#include "job/job_fixture.h"

namespace weir {
namespace {

using testing::HasSubstr;

// A host whose generations 1 to 8 are one job: 3 wants bad records skipped, 4 has other epochs, the
// code of 5 cannot be loaded.
class JobChangesTest : public JobFixture {
 protected:
  JobChangesTest() {
    job->sink("out", job->source("in"));
    world.topic("in", 1);
    const JobHostOptions made = options(1);
    host = std::make_unique<JobHost>(JobHostOptions{
        .workers = 1,
        .clock = system_clock,
        .log = log,
        .find_connector = made.find_connector,
        .load_code = [made](const JobSpec& entry) -> Result<std::shared_ptr<const JobCode>> {
          if (entry.version == "5") return Error(ErrorKind::Plugin, "broken code");
          return made.load_code(entry);
        },
        .on_change = {}});
    changes = std::make_unique<JobChanges>(
        *host,
        [this](std::uint64_t generation) { return load(generation); },
        system_clock,
        Log(log, "host"));
  }

  Result<std::vector<JobSpec>> load(std::uint64_t generation) {
    if (generation > 8) return Error(ErrorKind::NotFound, "it is not kept");
    loads.add(1);
    JobSpec entry = spec();
    entry.version = std::to_string(generation);
    if (generation == 3) entry.on_error = OnError::Skip;
    if (generation == 4) entry.epoch = std::chrono::milliseconds(20);
    return std::vector<JobSpec>{std::move(entry)};
  }

  ChangeStatus end_of(std::uint64_t number) {
    const auto deadline = system_clock.monotonic_now() + std::chrono::seconds(60);
    while (system_clock.monotonic_now() < deadline) {
      const auto status = changes->find(number);
      if (status && status->state != ChangeState::Pending) return *status;
      std::this_thread::yield();
    }
    ADD_FAILURE() << "change " << number << " has no end";
    return {};
  }

  JobState state() const { return host->status().jobs.at(0).state; }

  SystemClock system_clock;
  Counter loads;
  std::unique_ptr<JobHost> host;
  std::unique_ptr<JobChanges> changes;  // Goes before what it changes.
};

TEST_F(JobChangesTest, AJobIsBroughtToAGenerationOnce) {
  EXPECT_EQ(end_of(changes->bring("clicks", 2)).state, ChangeState::Complete);
  EXPECT_EQ(state(), JobState::Running);
  EXPECT_EQ(loads.value(), 1U);

  EXPECT_EQ(end_of(changes->bring("clicks", 2)).state, ChangeState::Complete);
  EXPECT_EQ(loads.value(), 1U);

  const ChangeStatus next = end_of(changes->bring("clicks", 3));
  EXPECT_EQ(next.state, ChangeState::Complete);
  EXPECT_GT(next.gap.count(), 0);
  EXPECT_EQ(state(), JobState::Running);
  EXPECT_FALSE(changes->is_busy());
}

TEST_F(JobChangesTest, EpochsChangeToo) {
  end_of(changes->bring("clicks", 1));

  EXPECT_EQ(end_of(changes->bring("clicks", 4)).state, ChangeState::Complete);

  EXPECT_EQ(host->spec("clicks")->epoch, std::chrono::milliseconds(20));
}

TEST_F(JobChangesTest, AJobIsDrainedAndOneThatIsNotThereIsFine) {
  EXPECT_EQ(end_of(changes->stop("clicks")).state, ChangeState::Complete);
  changes->bring("clicks", 1);

  EXPECT_EQ(end_of(changes->stop("clicks")).state, ChangeState::Complete);

  EXPECT_EQ(state(), JobState::Stopped);
  EXPECT_EQ(end_of(changes->bring("clicks", 1)).state, ChangeState::Complete);
  EXPECT_EQ(state(), JobState::Running);
}

TEST_F(JobChangesTest, WhatCannotBeLoadedLeavesTheJobAsItIs) {
  end_of(changes->bring("clicks", 1));

  const ChangeStatus lost = end_of(changes->bring("clicks", 9));

  EXPECT_EQ(lost.state, ChangeState::Failed);
  EXPECT_EQ(lost.cause, "it is not kept");
  EXPECT_EQ(state(), JobState::Running);
  EXPECT_THAT(end_of(changes->bring("other", 1)).cause, HasSubstr("generation 1 has no job other"));
}

TEST_F(JobChangesTest, CodeThatIsBrokenIsToldAndTheJobCanBeBroughtBack) {
  end_of(changes->bring("clicks", 1));

  const ChangeStatus broken = end_of(changes->bring("clicks", 5));

  EXPECT_EQ(broken.state, ChangeState::Failed);
  EXPECT_THAT(broken.cause, HasSubstr("broken code"));
  EXPECT_EQ(end_of(changes->bring("clicks", 1)).state, ChangeState::Complete);
  EXPECT_EQ(state(), JobState::Running);
}

TEST_F(JobChangesTest, ChangesAreAskedForOverTheControlApi) {
  const StatusSource source{.status = [this] { return host->status(); },
                            .startup = [] { return Startup(); },
                            .changes = changes.get()};
  const auto post = [&](std::string_view target, std::string_view control = "1") {
    return answer({"POST", target, "localhost", control}, source);
  };

  const HttpResponse accepted = post("/v1/jobs/clicks/start?generation=2");
  EXPECT_EQ(accepted.status, 202U);
  EXPECT_EQ(accepted.body, "{\"change\":1}\n");
  end_of(1);
  EXPECT_THAT(answer({"GET", "/v1/changes/1", "localhost"}, source).body,
              HasSubstr(R"("job":"clicks","state":"done","cause":"")"));
  EXPECT_EQ(answer({"GET", "/v1/changes/2", "localhost"}, source).status, 404U);
  EXPECT_EQ(post("/v1/jobs/clicks/stop").status, 202U);

  EXPECT_EQ(post("/v1/jobs/clicks/stop", "").status, 403U);
  for (const char* target : {"/v1/jobs//stop",
                             "/v1/jobs/stop",
                             "/v1/jobs/clicks/start",
                             "/v1/jobs/clicks/start?generation=",
                             "/v1/jobs/clicks/start?generation=-1"}) {
    EXPECT_EQ(post(target).status, 404U) << target;
  }
}

}  // namespace
}  // namespace weir
