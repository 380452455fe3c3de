// live_host STATE_DIR: a host with a running job "clicks" that keeps its state there, for the tests
// of `weir state` and `weir savepoint`. Says where it listens, and ends with its standard input.

#include <chrono>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <string>
#include <utility>

#include "base/clock.h"
#include "base/format.h"
#include "checkpoint/rocks_image.h"
#include "checkpoint/state_folder.h"
#include "fakes/memory_connector.h"
#include "fakes/recorded_log.h"
#include "host/http_server.h"
#include "host/state_copier.h"
#include "job/click_job.h"
#include "job/job_host.h"

namespace weir {
namespace {

constexpr int kRecords = 6;

class LiveHost final {
 public:
  explicit LiveHost(std::filesystem::path state) : state_(std::move(state)) {}

  Status start() {
    job_->sink("out", job_->sum("sums", job_->key_by_user("user", job_->source("in")), {100, 100}));
    world_.make_transactional("out");
    for (int i = 0; i < kRecords; ++i) {
      const char* user = i % 2 == 0 ? "anna" : "bert";
      world_.topic("in").append(0, format(R"({{"tm":{},"user":"{}","amount":{}}})", i, user, i));
    }
    TRY_DO(host_.submit(entry()));
    wait_until([](const JobStatus& job) {
      return !job.splits.empty() && job.splits[0].position == kRecords;
    });
    // The one that is under way may have begun before that.
    const std::uint64_t epoch = host_.status().jobs.at(0).epoch.completed;
    wait_until([=](const JobStatus& job) { return job.epoch.completed > epoch + 1; });
    TRY(server_, HttpServer::start("127.0.0.1:0", {}, handler(), Log(log_, "http")));
    return Done{};
  }

  std::uint16_t port() const { return server_->port(); }
  Status end() { return host_.drain(std::chrono::seconds(30)); }

 private:
  // Each look waits for a turn of the control thread.
  template <class Condition>
  void wait_until(const Condition& is_true) {
    while (!is_true(host_.status().jobs.at(0))) {}
  }

  static JobSpec entry() {
    JobSpec made;
    made.name = made.type = "clicks";
    made.plugin = "test";
    made.epoch = std::chrono::milliseconds(5);
    SourceSpec& source = made.sources.emplace_back();
    source.uid = source.request.port = "in";
    SinkSpec& sink = made.sinks.emplace_back();
    sink.uid = sink.request.port = "out";
    source.request.job = sink.request.job = "clicks";
    return made;
  }

  HttpServer::Handler handler() {
    return [this](const HttpRequest& request) {
      StatusSource source{.status = [this] { return host_.status(); },
                          .startup =
                              [] {
                                return Startup{true, {}};
                              }};
      source.save = [this](const auto& job, const auto& name) { return copier_.save(job, name); };
      source.copy = [this](const auto& job) { return copier_.copy(job); };
      return answer(request, source);
    };
  }

  const std::filesystem::path state_;
  const SystemClock clock_;
  fakes::RecordedLog log_;
  fakes::MemoryConnector world_;
  const std::shared_ptr<ClickJob> job_ = std::make_shared<ClickJob>();
  JobHost host_{JobHostOptions{
      .workers = 1,
      .clock = clock_,
      .log = log_,
      .find_connector = [this](std::string_view, const std::filesystem::path&)
          -> Result<const Connector*> { return &world_; },
      .load_code = [this](const JobSpec&) -> Result<std::shared_ptr<const JobCode>> {
        return std::shared_ptr<const JobCode>(job_);
      },
      .on_change = {},
      .open_image =
          [this](const JobSpec& job) {
            return open_rocks_image(
                image_folder(state_, job.name), {.job = job.name}, make_rocks_share());
          }}};
  StateCopier copier_{host_, state_, clock_};
  std::unique_ptr<HttpServer> server_;
};

int run(const char* state) {
  LiveHost host(state);
  if (const Status started = host.start(); !started) {
    std::fprintf(stderr, "%s\n", started.error().text().c_str());
    return 1;
  }
  std::printf("127.0.0.1:%d\n", host.port());
  std::fflush(stdout);
  while (std::getchar() != EOF) {}
  return host.end() ? 0 : 1;
}

}  // namespace
}  // namespace weir

int main(int count, char** arguments) {
  return count == 2 ? weir::run(arguments[1]) : 2;
}
