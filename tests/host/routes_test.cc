#include "host/routes.h"

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "checkpoint/savepoint_manifest.h"
#include "host/known_status.h"

namespace weir {
namespace {

using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

HttpResponse get(std::string_view target,
                 const HostStatus& status = known_status(),
                 const Startup& startup = {.is_complete = true, .failures = {}}) {
  return answer({"GET", target, "localhost:8088"},
                {.status = [&] { return status; }, .startup = [&] { return startup; }});
}

TEST(Routes, JobsAreListedInShort) {
  const HttpResponse response = get("/v1/jobs");

  EXPECT_EQ(response.status, 200U);
  EXPECT_EQ(response.content_type, "application/json");
  EXPECT_THAT(response.body,
              HasSubstr(R"("name":"enter-cn","plugin":"classroom","plugin_version":"1.4.0")"));
  EXPECT_THAT(response.body, HasSubstr(R"("state":"running")"));
  EXPECT_THAT(response.body, HasSubstr(R"("records_in":1000,"rows_out":40)"));
  EXPECT_THAT(response.body,
              HasSubstr(R"("errors":9,"watermark":"2026-11-21T07:59:59.999Z","lag":88)"));
  EXPECT_THAT(response.body, HasSubstr(R"("workers":2)"));
}

TEST(Routes, AJobIsShownWithItsOperatorsAndSplits) {
  const HttpResponse response = get("/v1/jobs/enter-cn?pretty=1");

  EXPECT_EQ(response.status, 200U);
  const std::string& body = response.body;
  EXPECT_THAT(body, HasSubstr(R"("uid":"attempts","kind":"window_aggregate","rows_in":990)"));
  EXPECT_THAT(body, HasSubstr(R"("watermark_holder":"enter topic/3")"));
  EXPECT_THAT(body, HasSubstr(R"("blocked_share":2.5E-1,"key_count":120,"state_bytes":16384)"));
  EXPECT_THAT(body, HasSubstr(R"("split":"topic/4","position":0,"lag":null,"watermark":null)"));
  EXPECT_THAT(body, HasSubstr(R"({"stream":"late","is_connected":true,"rows":5})"));
  EXPECT_THAT(body, HasSubstr(R"("name":"retries","doc":"attempts to enter","value":11)"));
  EXPECT_THAT(body, HasSubstr(R"("epoch":{"completed":7,"duration_ms":12)"));
}

TEST(Routes, AJobThatIsNotThereIsNotFound) {
  EXPECT_EQ(get("/v1/jobs/enter-us").status, 404U);
  EXPECT_THAT(get("/v1/jobs/enter\"us").body, HasSubstr(R"(no job enter\"us)"));
}

TEST(Routes, UnknownPathsNameTheKnownOnes) {
  for (const char* path : {"", "/", "/v1", "/v1/", "/v1/jobs/", "/v1/jobsx", "/metrics/", "*"}) {
    EXPECT_EQ(get(path).status, 404U) << path;
  }
  EXPECT_THAT(get("/v2").body, HasSubstr("try /v1/jobs"));
}

TEST(Routes, OtherMethodsAreRefused) {
  for (const char* method : {"PUT", "DELETE", "OPTIONS", "TRACE", ""}) {
    EXPECT_EQ(answer({method, "/v1/jobs", "localhost"}, known_source()).status, 405U) << method;
  }
  EXPECT_EQ(answer({"HEAD", "/v1/jobs", "localhost"}, known_source()).status, 200U);
}

// What the host is asked to do, and what it says.
struct Desk {
  StatusSource source() {
    StatusSource made = known_source();
    made.save = [this](const std::string& job, const std::string& name) -> Result<Savepoint> {
      asked.push_back(job + "@" + name);
      if (trouble) return *trouble;
      Savepoint saved{.name = name, .header = {job, 128}, .head = {}, .made = {}, .files = {}};
      saved.head.epoch = 7;
      return saved;
    };
    made.copy = [this](const std::string& job) -> Result<std::filesystem::path> {
      asked.push_back(job);
      if (trouble) return *trouble;
      return std::filesystem::path("/var/state/copies/" + job + "/1");
    };
    return made;
  }

  // Later, if it is to come later.
  HttpResponse post(std::string_view target, std::string_view control = "1") {
    const HttpResponse now = answer({"POST", target, "localhost:8088", control}, source());
    return now.later ? now.later() : now;
  }

  std::vector<std::string> asked;
  std::optional<Error> trouble;
};

TEST(Routes, ASavepointOfARunningJobIsMadeLater) {
  Desk desk;
  const auto now =
      answer({"POST", "/v1/jobs/enter-cn/savepoints/before", "localhost", "1"}, desk.source());
  EXPECT_THAT(desk.asked, testing::IsEmpty());

  ASSERT_TRUE(now.later);
  const HttpResponse later = now.later();

  EXPECT_THAT(desk.asked, testing::ElementsAre("enter-cn@before"));
  EXPECT_EQ(later.status, 200U);
  const auto saved = decode_savepoint(later.body);
  ASSERT_TRUE(saved) << saved.error().text();
  EXPECT_EQ(saved->header.job, "enter-cn");
  EXPECT_EQ(saved->head.epoch, 7u);
}

TEST(Routes, ACopyForAReaderTellsItsFolder) {
  Desk desk;
  EXPECT_EQ(desk.post("/v1/jobs/enter-cn/copies").body,
            "{\"folder\":\"/var/state/copies/enter-cn/1\"}\n");
  EXPECT_THAT(desk.asked, testing::ElementsAre("enter-cn"));
}

TEST(Routes, ErrorsOfTheStateHaveTheirNumbers) {
  Desk desk;
  desk.trouble = Error(ErrorKind::NotFound, "no job enter-us");
  EXPECT_EQ(desk.post("/v1/jobs/enter-us/copies").status, 404U);
  desk.trouble = Error(ErrorKind::Invalid, "there is a savepoint before already");
  EXPECT_EQ(desk.post("/v1/jobs/enter-cn/savepoints/before").status, 409U);
  desk.trouble = Error(ErrorKind::Unavailable, "job enter-cn is waiting");
  EXPECT_EQ(desk.post("/v1/jobs/enter-cn/copies").status, 503U);
  EXPECT_EQ(desk.post("/v1/jobs/enter-cn/copies").body,
            "{\"error\":\"job enter-cn is waiting\"}\n");
  desk.trouble = Error(ErrorKind::Corrupt, "checksum");
  EXPECT_EQ(desk.post("/v1/jobs/enter-cn/copies").status, 500U);
}

TEST(Routes, ASwapIsDecidedLaterByItsBody) {
  StatusSource source = known_source();
  std::string asked;
  source.swap = [&](const std::string& job, const std::string& body) -> Result<SwapDecision> {
    asked = job + " " + body;
    if (body == "no") return Error(ErrorKind::Incompatible, "operator sums: it cannot be");
    if (body == "what") return Error(ErrorKind::Invalid, "the body is no JSON object");
    return SwapDecision{.kind = SwapKind::Swap, .states = {{"sums", StateFate::AsIs}}};
  };
  const auto post = [&](std::string_view body) {
    const auto now = answer({"POST", "/v1/jobs/enter-cn/swap", "localhost", "1", body}, source);
    EXPECT_TRUE(now.later);
    return now.later();
  };

  const HttpResponse accepted = post("{}");

  EXPECT_EQ(asked, "enter-cn {}");
  EXPECT_EQ(accepted.status, 202U);
  EXPECT_EQ(accepted.body,
            R"({"kind":"swap","reason":"","states":[{"uid":"sums","fate":"as is","detail":""}]})"
            "\n");
  EXPECT_EQ(post("no").status, 409U);
  EXPECT_THAT(post("no").body, HasSubstr("operator sums: it cannot be"));
  EXPECT_EQ(post("what").status, 400U);
}

TEST(Routes, APageOfABrowserChangesNothing) {
  Desk desk;
  EXPECT_EQ(desk.post("/v1/jobs/enter-cn/copies", "").status, 403U);
  EXPECT_THAT(desk.asked, testing::IsEmpty());
}

TEST(Routes, OtherPostsAreRefused) {
  Desk desk;
  for (const char* path : {"/v1/jobs/",
                           "/v1/jobs//copies",
                           "/v1/jobs/enter-cn",
                           "/v1/jobs/enter-cn/",
                           "/metrics",
                           "/v1/jobs/enter-cn/savepoints",
                           "/v1/jobs/enter-cn/copies/1"}) {
    EXPECT_EQ(desk.post(path).status, 404U) << path;
  }
  EXPECT_THAT(desk.asked, testing::IsEmpty());
}

TEST(Routes, ANameOfAnotherMachineIsRefused) {
  for (const char* host : {"evil.example",
                           "localhost.evil.example",
                           "127.0.0.1.evil.example",
                           "localhost:80:80",
                           "localhost:",
                           "[::1",
                           "localhost:8088 ",
                           "127.0.0.2",
                           "localhost:999999"}) {
    EXPECT_EQ(answer({"GET", "/v1/jobs", host}, known_source()).status, 421U) << host;
  }
  EXPECT_EQ(answer({"GET", "/v1/jobs", ""}, known_source()).status, 400U);
  for (const char* host : {"localhost", "localhost:1", "127.0.0.1:8088", "[::1]", "[::1]:8088"}) {
    EXPECT_EQ(answer({"GET", "/v1/jobs", host}, known_source()).status, 200U) << host;
  }
}

TEST(Routes, ReadinessFollowsTheJobs) {
  HostStatus status = known_status();
  EXPECT_EQ(get("/readyz", status).status, 200U);

  status.jobs[0].state = JobState::Starting;
  EXPECT_EQ(get("/readyz", status).status, 503U);
  EXPECT_EQ(get("/readyz", status).body, "starting: enter-cn\n");

  status.jobs[0].state = JobState::Failed;
  status.jobs[0].cause = "sink labels: disk full";
  EXPECT_EQ(get("/readyz", status).body, "failed: enter-cn: sink labels: disk full\n");
  EXPECT_EQ(get("/healthz", status).status, 200U);
}

TEST(Routes, AHostIsNotReadyBeforeAllItsJobsWereStarted) {
  EXPECT_EQ(get("/readyz", {}, {}).body, "starting\n");

  const Startup failed{.is_complete = true, .failures = {"enter-cn: no broker"}};
  EXPECT_EQ(get("/readyz", {}, failed).status, 503U);
  EXPECT_EQ(get("/readyz", {}, failed).body, "did not start: enter-cn: no broker\n");
}

TEST(Routes, MetricsAreInTheTextFormatOfPrometheus) {
  const HttpResponse response = get("/metrics");

  EXPECT_THAT(response.content_type, StartsWith("text/plain; version=0.0.4"));
  const std::string& body = response.body;
  EXPECT_THAT(body, HasSubstr("# TYPE weir_operator_rows_in_total counter\n"));
  EXPECT_THAT(body,
              HasSubstr("weir_operator_rows_in_total{job=\"enter-cn\",operator=\"enter\"} 1000\n"));
  EXPECT_THAT(body, HasSubstr("weir_job_state{job=\"enter-cn\",state=\"running\"} 1\n"));
  EXPECT_THAT(body, HasSubstr("weir_job_state{job=\"enter-cn\",state=\"failed\"} 0\n"));
  EXPECT_THAT(body, HasSubstr("source=\"enter\",split=\"topic/3\"} 88\n"));
  EXPECT_THAT(body, HasSubstr("weir_worker_busy_share{worker=\"1\"} 0.25\n"));
  EXPECT_THAT(body, HasSubstr("counter=\"retries\"} 11\n"));
}

TEST(Routes, MetricsLeaveOutWhatIsNotKnown) {
  const std::string body = get("/metrics").body;

  const std::string job = "{job=\"enter-cn\",";
  EXPECT_THAT(body,
              Not(HasSubstr("weir_split_lag_records" + job + "source=\"enter\",split=\"topic/4")));
  EXPECT_THAT(body,
              Not(HasSubstr("weir_operator_watermark_seconds" + job + "operator=\"attempts")));
}

TEST(Routes, AHostWithoutJobsAnswersToo) {
  const HostStatus none;
  EXPECT_EQ(get("/v1/jobs", none).status, 200U);
  EXPECT_EQ(get("/metrics", none).status, 200U);
  EXPECT_EQ(get("/readyz", none).status, 200U);
}

}  // namespace
}  // namespace weir
