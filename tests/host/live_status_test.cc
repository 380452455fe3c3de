// The control API over a host whose workers run.
#include <algorithm>
#include <chrono>
#include <regex>
#include <string>

#include <gmock/gmock.h>

#include "base/check.h"
#include "base/clock.h"
#include "base/format.h"
#include "host/http_client.h"
#include "host/http_server.h"
#include "job/job_fixture.h"
#include "job/job_host.h"

namespace weir {
namespace {

constexpr std::int64_t kRecords = 3'000;
constexpr std::int64_t kAtOnce = 100;

class LiveStatusTest : public JobFixture {
 protected:
  LiveStatusTest() {
    job->sink("out", job->sum("sums", job->key_by_user("user", job->source("in")), {100, 100}));
    world.topic("in", 4);
    JobHostOptions made = options(2);
    host = std::make_unique<JobHost>(JobHostOptions{.workers = 2,
                                                    .clock = system_clock,
                                                    .log = log,
                                                    .find_connector = made.find_connector,
                                                    .load_code = made.load_code,
                                                    .on_change = {}});
    auto started = HttpServer::start(
        "127.0.0.1:0",
        {},
        [this](const HttpRequest& request) {
          const auto complete = [] { return Startup{.is_complete = true, .failures = {}}; };
          return answer(request, {[this] { return host->status(); }, complete});
        },
        Log(log, "http"));
    CHECK(started.has_value());
    server = std::move(*started);
  }

  std::string get(std::string_view target) const {
    const auto reply =
        http_get(format("127.0.0.1:{}", server->port()), target, std::chrono::milliseconds(30'000));
    EXPECT_TRUE(reply) << target;
    if (!reply) return {};
    EXPECT_EQ(reply->status, 200U) << target << ": " << reply->body;
    return reply->body;
  }

  // -1 when the text does not have it.
  static std::int64_t number(const std::string& text, const char* pattern) {
    std::smatch found;
    return std::regex_search(text, found, std::regex(pattern)) ? std::stoll(found[1]) : -1;
  }

  std::int64_t records_in() const {
    return number(get("/v1/jobs/clicks"), R"("records_in":(\d+))");
  }

  SystemClock system_clock;
  std::unique_ptr<JobHost> host;
  std::unique_ptr<HttpServer> server;  // Asks the host, so goes before it.
};

TEST_F(LiveStatusTest, EveryAnswerIsOneThatWasTrueWhileWorkersGoOn) {
  JobSpec entry = spec();
  entry.epoch = std::chrono::milliseconds(5);
  ASSERT_TRUE(host->submit(std::move(entry)));
  const auto deadline = system_clock.monotonic_now() + std::chrono::seconds(60);

  std::int64_t fed = 0;
  std::int64_t last = 0;
  while (last < kRecords) {
    ASSERT_LT(system_clock.monotonic_now(), deadline) << last << " of " << fed << " records";
    for (std::int64_t i = 0; i < kAtOnce && fed < kRecords; ++i, ++fed) {
      world.topic("in").append(static_cast<std::size_t>(fed % 4),
                               click(fed, format("user-{}", fed % 101)));
    }
    // Nothing yet where the job is not quite there.
    const std::int64_t shown = std::max<std::int64_t>(records_in(), 0);
    ASSERT_GE(shown, last);
    ASSERT_LE(shown, fed);
    last = shown;
    const std::int64_t measured =
        number(get("/metrics"), R"(weir_operator_rows_in_total\{[^}]*operator="in"\} (\d+))");
    ASSERT_GE(std::max<std::int64_t>(measured, 0), last);
    ASSERT_LE(measured, fed);
    ASSERT_THAT(get("/v1/jobs"), testing::HasSubstr(R"("name":"clicks")"));
  }
  EXPECT_TRUE(host->drain(std::chrono::seconds(30)));
  EXPECT_EQ(records_in(), kRecords);
}

}  // namespace
}  // namespace weir
