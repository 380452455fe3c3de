#include "job/job_host.h"

#include <algorithm>
#include <future>
#include <thread>
#include <utility>
#include <vector>

#include "base/counter.h"
#include "base/guarded.h"
#include "crash/crash_handler.h"
#include "job/controller.h"
#include "worker/watchdog.h"
#include "worker/worker_thread.h"

namespace weir {
namespace {

// Runs `ask` with a function that takes the answer, and waits for that.
template <class Answer, class Ask>
Answer wait_for(Ask ask) {
  std::promise<Answer> promise;
  std::future<Answer> future = promise.get_future();
  ask([&promise](Answer answer) { promise.set_value(std::move(answer)); });
  return future.get();
}

}  // namespace

// Declared in the order in which things begin; they end the other way round, the workers'
// threads before the control thread.
struct JobHost::Threads {
  explicit Threads(JobHostOptions options)
      : clock(options.clock),
        limits(options.calls),
        log(options.log, "worker"),
        load(Load{clock.monotonic_now(), {}, {}}),
        workers(make_workers(options.workers)),
        controller(std::move(options), pointers(workers), start_job_thread),
        control([this] { run_control(); }) {
    for (const auto& worker : workers) {
      threads.push_back(std::make_unique<WorkerThread>(*worker, clock));
    }
    if (limits.warning.count() > 0 || limits.limit.count() > 0) watch();
  }

  ~Threads() {
    for (const auto& thread : threads)
      thread->end();
    watchdog.reset();
    threads.clear();
    must_end.set(true);
    controller.ring();
    control.join();
    controller.abandon([this] { controller.wait(); });
  }
  Threads(const Threads&) = delete;
  Threads& operator=(const Threads&) = delete;

  static std::vector<std::unique_ptr<Worker>> make_workers(std::uint32_t count) {
    std::vector<std::unique_ptr<Worker>> made;
    for (std::uint32_t i = 0; i < count; ++i)
      made.push_back(std::make_unique<Worker>());
    return made;
  }

  static std::vector<Worker*> pointers(const std::vector<std::unique_ptr<Worker>>& workers) {
    std::vector<Worker*> made;
    for (const auto& worker : workers)
      made.push_back(worker.get());
    return made;
  }

  void watch() {
    std::vector<std::pair<const Worker*, WorkerThread*>> watched;
    for (std::size_t i = 0; i < threads.size(); ++i)
      watched.emplace_back(workers[i].get(), threads[i].get());
    watchdog = std::make_unique<Watchdog>(limits, watched, clock, log);
  }

  void run_control() {
    const CrashThread reported(nullptr);
    while (!must_end.get()) {
      controller.run_pending();
      controller.wait();
    }
  }

  std::vector<double> busy_shares() {
    const MonotonicTime now = clock.monotonic_now();
    std::vector<std::uint64_t> pauses;
    for (const auto& thread : threads)
      pauses.push_back(thread->paused());
    return load.with([&](Load& last) {
      last.observe(now, pauses);
      return last.shares;
    });
  }

  // How busy the workers were between the last two looks that were a second apart; 0 before.
  struct Load {
    MonotonicTime seen_at;
    std::vector<std::uint64_t> pauses;
    std::vector<double> shares;

    void observe(MonotonicTime now, const std::vector<std::uint64_t>& current) {
      pauses.resize(current.size());
      shares.resize(current.size());
      if (now - seen_at < std::chrono::seconds(1)) return;
      const auto elapsed = static_cast<double>((now - seen_at).count());
      for (std::size_t i = 0; i < current.size(); ++i) {
        const auto paused = static_cast<double>(current[i] - pauses[i]);
        shares[i] = std::clamp(1 - paused / elapsed, 0.0, 1.0);
      }
      seen_at = now;
      pauses = current;
    }
  };

  const Clock& clock;
  const CallWatch::Limits limits;
  Log log;
  Guarded<Load> load;
  Published<bool> must_end;
  std::vector<std::unique_ptr<Worker>> workers;
  Controller controller;
  std::thread control;
  std::vector<std::unique_ptr<WorkerThread>> threads;
  std::unique_ptr<Watchdog> watchdog;  // Null: nobody asked for it.
};

JobHost::JobHost(JobHostOptions options)
    : threads_(std::make_unique<Threads>(std::move(options))) {}

JobHost::~JobHost() = default;

Status JobHost::submit(JobSpec spec) {
  return wait_for<Status>(
      [&](auto answer) { threads_->controller.submit(std::move(spec), std::move(answer)); });
}

Status JobHost::stop(std::string_view name, std::chrono::milliseconds limit) {
  return wait_for<Status>([&](auto answer) {
    threads_->controller.drain(std::string(name), limit, std::move(answer));
  });
}

Status JobHost::drain(std::chrono::milliseconds limit) {
  return wait_for<Status>(
      [&](auto answer) { threads_->controller.drain(std::nullopt, limit, std::move(answer)); });
}

Status JobHost::copy_state(std::string_view name, const std::filesystem::path& folder) {
  return wait_for<Status>([&](auto answer) {
    threads_->controller.copy_state(std::string(name), folder, std::move(answer));
  });
}

Result<SwapDecision> JobHost::begin_swap(JobSpec spec,
                                         const ProbationLimits& probation,
                                         std::shared_ptr<const JobCode> code) {
  return wait_for<Result<SwapDecision>>([&](auto answer) {
    threads_->controller.swap({std::move(spec), std::move(code), std::move(answer), {}, probation});
  });
}

Result<SwapStatus> JobHost::swap(JobSpec spec,
                                 const ProbationLimits& probation,
                                 std::shared_ptr<const JobCode> code) {
  return wait_for<Result<SwapStatus>>([&](auto answer) {
    threads_->controller.swap({std::move(spec), std::move(code), {}, std::move(answer), probation});
  });
}

Result<JobSpec> JobHost::spec(std::string_view name) const {
  return wait_for<Result<JobSpec>>(
      [&](auto answer) { threads_->controller.read_spec(std::string(name), std::move(answer)); });
}

HostStatus JobHost::status() const {
  HostStatus status = wait_for<HostStatus>(
      [&](auto answer) { threads_->controller.read_status(std::move(answer)); });
  status.worker_busy_share = threads_->busy_shares();
  if (threads_->watchdog == nullptr) return status;
  for (const SlowCall& call : threads_->watchdog->slow_calls()) {
    SlowCallStatus& seen = status.slow_calls.emplace_back();
    seen.worker = call.worker;
    seen.job = call.site->job;
    seen.operator_uid = call.site->operator_uid;
    seen.lasting = call.lasting;
    if (call.span.place == nullptr) continue;
    seen.split = call.span.place->split;
    seen.first_offset = call.span.first;
    seen.last_offset = call.span.last;
  }
  return status;
}

Result<std::shared_ptr<const JobCode>> load_plugin_code(const JobSpec& job) {
  TRY(auto plugin, Plugin::load(job.plugin_path));
  return code_of(std::move(plugin), job.type);
}

}  // namespace weir
