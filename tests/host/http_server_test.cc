#include "host/http_server.h"

#include <atomic>
#include <future>
#include <random>
#include <thread>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/check.h"
#include "base/format.h"
#include "fakes/recorded_log.h"
#include "host/http_client.h"
#include "host/known_status.h"
#include "host/raw_client.h"
#include "seed/test_seed.h"

namespace weir {
namespace {

using std::chrono::milliseconds;
using testing::AnyOf;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

constexpr std::string_view kHealth = "GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n";
constexpr std::string_view kReady = "GET /readyz HTTP/1.1\r\nHost: localhost\r\n\r\n";

std::string both() {
  return std::string(kHealth).append(kReady);
}

class HttpServerTest : public testing::Test {
 protected:
  void start(const HttpLimits& limits = {}) {
    auto started = HttpServer::start(
        "127.0.0.1:0",
        limits,
        [](const HttpRequest& request) { return answer(request, known_source()); },
        Log(log, "http"));
    CHECK(started.has_value());
    server = std::move(*started);
  }

  std::string exchange(std::string_view request) {
    const RawClient client(server->port());
    client.send(request);
    client.finish_sending();
    return client.receive();
  }

  fakes::RecordedLog log;
  std::atomic<bool> server_goes = false;
  std::unique_ptr<HttpServer> server;
};

TEST_F(HttpServerTest, AnswersARequest) {
  start();

  const auto reply =
      http_get(format("127.0.0.1:{}", server->port()), "/healthz", milliseconds(5'000));

  ASSERT_TRUE(reply);
  EXPECT_EQ(reply->status, 200U);
  EXPECT_EQ(reply->body, "healthy\n");
}

TEST_F(HttpServerTest, KeepsAConnectionForSeveralRequests) {
  start();
  const RawClient client(server->port());

  client.send(both());

  EXPECT_THAT(client.receive("ready\n"), HasSubstr("healthy\n"));
}

TEST_F(HttpServerTest, HeadHasTheLengthAndNoBody) {
  start();

  const std::string reply = exchange("HEAD /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n");

  EXPECT_THAT(reply, HasSubstr("Content-Length: 8\r\n"));
  EXPECT_THAT(reply, Not(HasSubstr("healthy")));
}

TEST_F(HttpServerTest, ForeignHostNamesAreRefused) {
  start();
  EXPECT_THAT(exchange("GET /v1/jobs HTTP/1.1\r\nHost: evil.example\r\n\r\n"),
              StartsWith("HTTP/1.1 421 "));
  EXPECT_THAT(exchange("GET /v1/jobs HTTP/1.1\r\n\r\n"), StartsWith("HTTP/1.1 400 "));
}

TEST_F(HttpServerTest, WhatIsNoRequestIsAnsweredWith400) {
  using namespace std::string_literals;
  start();
  const std::string head = "GET /v1/jobs HTTP/1.1\r\nHost: localhost\r\n";
  const std::string broken[] = {
      "hello\r\n\r\n",
      "GET\r\n\r\n",
      "GET /v1/jobs\r\n\r\n",
      "GET /v1/jobs HTTP/9.9\r\nHost: localhost\r\n\r\n",
      "GET /v1/jobs HTTP/1.1\r\nHost localhost\r\n\r\n",
      head + "Content-Length: -1\r\n\r\n",
      head + "Content-Length: 99999999999999999999\r\n\r\n",
      "G\0T /v1/jobs HTTP/1.1\r\nHost: localhost\r\n\r\n"s,
      "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03 no TLS here\r\n\r\n"s,
  };
  for (const std::string& request : broken) {
    EXPECT_THAT(exchange(request), AnyOf(StartsWith("HTTP/1.1 400 "), StartsWith("HTTP/1.1 413 ")))
        << request;
  }
}

TEST_F(HttpServerTest, LongHeadersAndBodiesAreRefused) {
  start();
  const std::string lots(20'000, 'x');
  EXPECT_THAT(exchange("GET /" + lots + " HTTP/1.1\r\nHost: localhost\r\n\r\n"),
              StartsWith("HTTP/1.1 431 "));
  EXPECT_THAT(exchange("GET / HTTP/1.1\r\nHost: localhost\r\nX: " + lots + "\r\n\r\n"),
              StartsWith("HTTP/1.1 431 "));
  EXPECT_THAT(exchange("POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 2000\r\n\r\nx"),
              StartsWith("HTTP/1.1 413 "));
}

TEST_F(HttpServerTest, ARequestThatNeverEndsIsCutOff) {
  start({.time_max = milliseconds(50)});
  const RawClient client(server->port());

  client.send("GET /healthz HTTP/1.1\r\nHost: local");

  EXPECT_TRUE(client.is_closed_within_seconds(10));
}

TEST_F(HttpServerTest, MoreConnectionsThanAllowedWaitTheirTurn) {
  start({.connections_max = 2, .time_max = milliseconds(200)});
  std::vector<std::unique_ptr<RawClient>> silent;
  for (int i = 0; i < 2; ++i)
    silent.push_back(std::make_unique<RawClient>(server->port()));

  const std::string reply = exchange(kHealth);

  EXPECT_THAT(reply, HasSubstr("healthy"));
  EXPECT_TRUE(silent.front()->is_closed_within_seconds(10));
}

TEST_F(HttpServerTest, AConnectionEndsAfterItsShareOfRequests) {
  start({.requests_max = 1});

  const std::string reply = exchange(both());

  EXPECT_THAT(reply, HasSubstr("Connection: close\r\n"));
  EXPECT_THAT(reply, Not(HasSubstr("ready\n")));
}

TEST_F(HttpServerTest, GarbageNeverStopsIt) {
  start();
  std::mt19937_64 random(tests::test_seed());
  for (int round = 0; round < 200; ++round) {
    std::string bytes(kHealth);
    for (int change = 0; change < 5; ++change) {
      bytes[random() % bytes.size()] = static_cast<char>(random());
    }
    exchange(bytes);
  }

  EXPECT_THAT(exchange(kHealth), HasSubstr("healthy"));
}

TEST_F(HttpServerTest, AnswersOthersWhileAnAnswerTakesItsTime) {
  std::promise<void> begun;
  std::promise<void> may_end;
  auto started = HttpServer::start(
      "127.0.0.1:0",
      {},
      [&](const HttpRequest& request) -> HttpResponse {
        if (request.method == "GET") return answer(request, known_source());
        return {.later = [&] {
          begun.set_value();
          may_end.get_future().wait();
          return HttpResponse{200, "text/plain", "done\n"};
        }};
      },
      Log(log, "http"));
  ASSERT_TRUE(started);
  server = std::move(*started);
  const RawClient client(server->port());
  client.send("POST /work HTTP/1.1\r\nHost: localhost\r\nContent-Length: 0\r\n\r\n");
  begun.get_future().wait();

  EXPECT_THAT(exchange(kHealth), HasSubstr("healthy\n"));
  may_end.set_value();
  EXPECT_THAT(client.receive("done\n"), HasSubstr("200 OK"));
  client.send(kReady);
  EXPECT_THAT(client.receive("ready\n"), HasSubstr("200 OK"));
}

TEST_F(HttpServerTest, WaitsForALaterAnswerWhenItGoes) {
  std::promise<void> begun;
  std::atomic<bool> has_ended = false;
  auto started = HttpServer::start(
      "127.0.0.1:0",
      {},
      [&](const HttpRequest&) -> HttpResponse {
        return {.later = [&] {
          begun.set_value();
          while (!server_goes)
            std::this_thread::yield();
          has_ended = true;
          return HttpResponse{200, "text/plain", "done\n"};
        }};
      },
      Log(log, "http"));
  ASSERT_TRUE(started);
  server = std::move(*started);
  const RawClient client(server->port());
  client.send(kHealth);
  begun.get_future().wait();

  server_goes = true;
  server.reset();

  EXPECT_TRUE(has_ended);
}

TEST_F(HttpServerTest, ClosesWhatIsOpenWhenItGoes) {
  start();
  const RawClient client(server->port());
  client.send(kHealth);
  client.receive("healthy");

  server.reset();

  EXPECT_TRUE(client.is_closed_within_seconds(10));
}

TEST_F(HttpServerTest, ListensOnThisMachineOnly) {
  for (const char* address :
       {"0.0.0.0:0", "8.8.8.8:0", "localhost", "127.0.0.1:x", "127.0.0.1:70000", ""}) {
    EXPECT_FALSE(HttpServer::start(address, {}, {}, Log(log, "http"))) << address;
  }
}

TEST_F(HttpServerTest, AnAddressInUseIsNamed) {
  start();
  const std::string address = format("127.0.0.1:{}", server->port());

  const auto second = HttpServer::start(address, {}, {}, Log(log, "http"));

  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().message(), format("bind to {}: Address already in use", address));
}

TEST_F(HttpServerTest, AClientThatFindsNobodyIsTold) {
  start();
  const std::string address = format("127.0.0.1:{}", server->port());
  server.reset();

  const auto reply = http_get(address, "/", milliseconds(5'000));

  ASSERT_FALSE(reply);
  EXPECT_EQ(reply.error().kind(), ErrorKind::Unavailable);
}

}  // namespace
}  // namespace weir
