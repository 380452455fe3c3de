// Savepoints and copies of the state of jobs whose workers run, over the control API.
#include <chrono>
#include <filesystem>
#include <string>

#include <gmock/gmock.h>

#include "base/check.h"
#include "base/clock.h"
#include "base/format.h"
#include "checkpoint/rocks_image.h"
#include "checkpoint/savepoint_manifest.h"
#include "checkpoint/state_folder.h"
#include "checkpoint/stored_state.h"
#include "connectors/ports/folder.h"
#include "host/http_client.h"
#include "host/http_server.h"
#include "host/state_copier.h"
#include "job/job_fixture.h"
#include "job/job_host.h"

namespace weir {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr std::int64_t kRecords = 4'000;

class LiveStateTest : public JobFixture {
 protected:
  LiveStateTest() {
    job->sink("out", job->source("in"));
    world.topic("in", 2);
    world.make_transactional("out");
    start();
  }

  void start() {
    JobHostOptions made = options(2);
    host = std::make_unique<JobHost>(JobHostOptions{
        .workers = 2,
        .clock = system_clock,
        .log = log,
        .find_connector = made.find_connector,
        .load_code = made.load_code,
        .on_change = {},
        .open_image = [this](const JobSpec& entry) {
          return open_rocks_image(
              image_folder(state(), entry.name), {.job = entry.name}, make_rocks_share());
        }});
    copier = std::make_unique<StateCopier>(*host, state(), system_clock);
    auto started = HttpServer::start(
        "127.0.0.1:0",
        {},
        [this](const HttpRequest& request) {
          StatusSource source{.status = [this] { return host->status(); },
                              .startup =
                                  [] {
                                    return Startup{true, {}};
                                  }};
          source.save = [this](const auto& name, const auto& as) { return copier->save(name, as); };
          source.copy = [this](const auto& name) { return copier->copy(name); };
          return answer(request, source);
        },
        Log(log, "http"));
    CHECK(started.has_value());
    server = std::move(*started);
    JobSpec entry = spec();
    entry.epoch = milliseconds(5);
    CHECK(host->submit(std::move(entry)).has_value());
    wait_until([this] { return completed() > 0; });
  }

  void end() {
    server.reset();
    host.reset();
  }

  std::filesystem::path state() const { return folder.path("state"); }
  std::uint64_t completed() const { return host->status().jobs.at(0).epoch.completed; }

  template <class Condition>
  void wait_until(const Condition& is_true) {
    const auto deadline = system_clock.monotonic_now() + seconds(60);
    while (!is_true())
      ASSERT_LT(system_clock.monotonic_now(), deadline);
  }

  HttpReply post(const std::string& target) {
    auto reply =
        http_post(format("127.0.0.1:{}", server->port()), "/v1/jobs/" + target, seconds(60));
    EXPECT_TRUE(reply) << target;
    return reply ? *reply : HttpReply{};
  }

  void feed(std::int64_t count) {
    for (std::int64_t i = 0; i < count; ++i, ++fed)
      world.topic("in").append(static_cast<std::size_t>(fed % 2), click(fed, "a"));
  }

  std::size_t published() const { return world.broker().values("out").size(); }

  SystemClock system_clock;
  tests::Folder folder;
  std::int64_t fed = 0;
  std::unique_ptr<JobHost> host;
  std::unique_ptr<StateCopier> copier;
  std::unique_ptr<HttpServer> server;  // Asks the others, so goes before them.
};

TEST_F(LiveStateTest, ASavepointTakenWhileRowsFlowIsWhereTheJobGoesOn) {
  Savepoint last;
  for (int number = 0; number < 10; ++number) {
    feed(kRecords / 10);
    const HttpReply reply = post(format("clicks/savepoints/s{}", number));
    ASSERT_EQ(reply.status, 200U) << reply.body;
    const auto saved = decode_savepoint(reply.body);
    ASSERT_TRUE(saved) << saved.error().text();
    EXPECT_GE(saved->head.epoch, last.head.epoch);
    last = *saved;
  }
  EXPECT_TRUE(host->drain(seconds(60)));
  EXPECT_EQ(published(), static_cast<std::size_t>(kRecords));
  end();

  ASSERT_TRUE(restore_savepoint(state(), "clicks", "s4"));
  const auto saved = inspect_savepoint(savepoints_folder(state(), "clicks") / "s4");
  ASSERT_TRUE(saved) << saved.error().text();
  std::int64_t taken = 0;
  for (const SplitPosition& split : saved->head.positions.at(0).positions)
    taken += split.position;
  start();
  const auto expected = static_cast<std::size_t>(2 * kRecords - taken);
  wait_until([&] { return published() >= expected; });
  EXPECT_TRUE(host->drain(seconds(60)));
  EXPECT_EQ(published(), expected);
  EXPECT_EQ(host->status().jobs.at(0).restarts, 0u);
}

TEST_F(LiveStateTest, ACopyCanBeReadWhileTheJobGoesOn) {
  feed(100);
  wait_until([this] { return published() == 100; });
  const HttpReply reply = post("clicks/copies");
  ASSERT_EQ(reply.status, 200U) << reply.body;
  const std::filesystem::path copy = copies_folder(state(), "clicks") / "1";
  EXPECT_EQ(reply.body, format("{{\"folder\":\"{}\"}}\n", copy.string()));
  feed(100);
  wait_until([this] { return published() == 200; });

  const auto opened = open_copied_state(copy);

  ASSERT_TRUE(opened) << opened.error().text();
  EXPECT_FALSE(std::filesystem::exists(copy));
  EXPECT_EQ((*opened)->metadata().header()->job, "clicks");
  std::int64_t taken = 0;
  for (const SplitPosition& split : (*opened)->metadata().head().positions.at(0).positions)
    taken += split.position;
  EXPECT_EQ(taken, 100);
}

TEST_F(LiveStateTest, RefusalsLeaveNothingBehind) {
  EXPECT_EQ(post("views/savepoints/one").status, 404U);
  EXPECT_EQ(post("../copies").status, 404U);
  EXPECT_EQ(post("views/copies").status, 404U);
  EXPECT_EQ(post("clicks/savepoints/.one").status, 409U);
  EXPECT_EQ(post("clicks/savepoints/one").status, 200U);
  const HttpReply again = post("clicks/savepoints/one");
  EXPECT_EQ(again.status, 409U);
  EXPECT_THAT(again.body, testing::HasSubstr("there is a savepoint one already"));

  ASSERT_TRUE(host->stop("clicks", seconds(60)));
  const HttpReply stopped = post("clicks/savepoints/two");
  EXPECT_EQ(stopped.status, 503U);
  EXPECT_THAT(stopped.body, testing::HasSubstr("job clicks is stopped"));

  const auto made = list_savepoints(state(), "clicks");
  ASSERT_TRUE(made);
  EXPECT_EQ(made->size(), 1u);
  EXPECT_FALSE(std::filesystem::exists(state() / "savepoints/views"));
  EXPECT_FALSE(std::filesystem::exists(state() / "copies/views"));
}

TEST_F(LiveStateTest, CopiesThatReadersLeaveAreRemovedWithTheNextStart) {
  ASSERT_EQ(post("clicks/copies").status, 200U);
  ASSERT_FALSE(std::filesystem::is_empty(copies_folder(state(), "clicks")));
  remove_copies(state(), "clicks");
  EXPECT_FALSE(std::filesystem::exists(copies_folder(state(), "clicks")));
  EXPECT_EQ(post("clicks/copies").status, 200U);
}

}  // namespace
}  // namespace weir
