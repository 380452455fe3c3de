// Jobs on real threads.
#include "job/job_host.h"

#include <chrono>
#include <condition_variable>
#include <map>
#include <mutex>

#include <gmock/gmock.h>

#include "base/format.h"
#include "job/job_fixture.h"

namespace weir {
namespace {

using std::chrono::seconds;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

class JobHostTest : public JobFixture {
 protected:
  std::unique_ptr<JobHost> start(std::uint32_t workers) {
    JobHostOptions made = options(workers);
    const auto keep = [this](const std::string& name, JobState state) {
      const std::scoped_lock lock(mutex);
      states[name] = state;
      changed.notify_all();
    };
    return std::make_unique<JobHost>(JobHostOptions{.workers = workers,
                                                    .clock = system_clock,
                                                    .log = log,
                                                    .find_connector = made.find_connector,
                                                    .load_code = made.load_code,
                                                    .on_change = keep});
  }

  bool wait_until_over(const std::string& name) {
    std::unique_lock lock(mutex);
    return changed.wait_for(lock, seconds(60), [&] { return is_over(states[name]); });
  }

  void make_sums() {
    const auto user = job->key_by_user("user", job->source("in"));
    job->sink("out", job->sum("sums", user, {100, 100}));
  }

  SystemClock system_clock;
  std::mutex mutex;
  std::condition_variable changed;
  std::map<std::string, JobState> states;
};

TEST_F(JobHostTest, RunsAJobToItsEndOnSeveralWorkers) {
  make_sums();
  world.topic("in", 4);
  JobSpec entry = spec();
  entry.epoch = std::chrono::milliseconds(5);
  constexpr std::int64_t kRecords = 20'000;
  auto host = start(3);
  ASSERT_TRUE(host->submit(std::move(entry)));

  for (std::int64_t i = 0; i < kRecords; ++i) {
    const std::string user = format("user-{}", i % 101);
    world.topic("in").append(static_cast<std::size_t>(i % 4), click(i, user));
  }
  world.topic("in").end_all();
  ASSERT_TRUE(wait_until_over("clicks"));

  const HostStatus status = host->status();
  ASSERT_EQ(status.jobs.at(0).state, JobState::Finished) << status.jobs.at(0).cause;
  EXPECT_EQ(status.worker_busy_share.size(), 3u);
  // Each window of 100 ms has 100 records, all of different users.
  EXPECT_EQ(world.output("out").size(), static_cast<std::size_t>(kRecords));
  std::int64_t committed = 0;
  for (const auto& [split, position] : world.topic("in").committed())
    committed += position;
  EXPECT_EQ(committed, kRecords);
}

TEST_F(JobHostTest, DrainsAllJobs) {
  make_sums();
  auto host = start(2);
  ASSERT_TRUE(host->submit(spec()));
  JobSpec other = spec();
  other.name = "other";
  ASSERT_TRUE(host->submit(std::move(other)));

  EXPECT_TRUE(host->drain(seconds(30)));

  const HostStatus status = host->status();
  ASSERT_THAT(status.jobs, SizeIs(2));
  EXPECT_EQ(status.jobs[0].state, JobState::Stopped);
  EXPECT_EQ(status.jobs[1].state, JobState::Stopped);
}

TEST_F(JobHostTest, GoesAwayWhileJobsRun) {
  make_sums();
  auto host = start(2);
  ASSERT_TRUE(host->submit(spec()));
  world.topic("in").append(0, click(1, "a"));

  host.reset();

  EXPECT_THAT(log.lines(), testing::Contains(HasSubstr("the host went away")));
}

TEST_F(JobHostTest, ReportsAFailureWithItsCause) {
  make_sums();
  auto host = start(2);
  ASSERT_TRUE(host->submit(spec()));
  world.topic("in").fail(Error(ErrorKind::NotFound, "topic is gone"));

  ASSERT_TRUE(wait_until_over("clicks"));

  EXPECT_THAT(host->status().jobs.at(0).cause, HasSubstr("job clicks: source in: topic is gone"));
  EXPECT_THAT(host->stop("clicks", seconds(1)).error().message(), HasSubstr("topic is gone"));
}

}  // namespace
}  // namespace weir
