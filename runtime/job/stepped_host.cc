#include "job/stepped_host.h"

#include <optional>
#include <utility>

#include "base/check.h"

namespace weir {
namespace {

std::vector<std::unique_ptr<Worker>> make_workers(std::uint32_t count) {
  std::vector<std::unique_ptr<Worker>> workers;
  for (std::uint32_t i = 0; i < count; ++i)
    workers.push_back(std::make_unique<Worker>());
  return workers;
}

std::vector<Worker*> pointers(const std::vector<std::unique_ptr<Worker>>& workers) {
  std::vector<Worker*> found;
  for (const auto& worker : workers)
    found.push_back(worker.get());
  return found;
}

}  // namespace

// Does its piece when it is stepped.
class SteppedHost::Thread final : public JobThread {
 public:
  explicit Thread(Threads& threads) : threads_(threads) { threads_.all.push_back(this); }
  ~Thread() override { std::erase(threads_.all, this); }
  Thread(const Thread&) = delete;
  Thread& operator=(const Thread&) = delete;

  void run(std::function<Status()> work, std::function<void(Status)> done) override {
    CHECK(!work_);
    work_ = std::move(work);
    done_ = std::move(done);
  }

  bool step() {
    if (!work_) return false;
    const auto work = std::exchange(work_, nullptr);
    done_(work());
    return true;
  }

  void cut_off() {
    if (std::exchange(work_, nullptr)) done_(Error(ErrorKind::Unavailable, "the host went away"));
  }

 private:
  Threads& threads_;
  std::function<Status()> work_;  // Empty: nothing is to be done.
  std::function<void(Status)> done_;
};

SteppedHost::SteppedHost(JobHostOptions options, std::uint64_t seed)
    : workers_(make_workers(options.workers)),
      controller_(std::move(options),
                  pointers(workers_),
                  [this] { return std::make_unique<Thread>(threads_); }),
      random_(seed) {}

SteppedHost::~SteppedHost() {
  cut_off_threads();
  controller_.abandon([this] { cut_off_threads(); });
}

Status SteppedHost::submit(JobSpec spec) {
  return answer_to<Status>(
      [&](auto answer) { controller_.submit(std::move(spec), std::move(answer)); });
}

Status SteppedHost::stop(std::string_view name, std::chrono::milliseconds limit) {
  return answer_to<Status>(
      [&](auto answer) { controller_.drain(std::string(name), limit, std::move(answer)); });
}

void SteppedHost::stop_later(std::string name,
                             std::chrono::milliseconds limit,
                             std::function<void(Status)> answer) {
  controller_.drain(std::move(name), limit, std::move(answer));
}

Status SteppedHost::copy_state(std::string_view name, const std::filesystem::path& folder) {
  return answer_to<Status>(
      [&](auto answer) { controller_.copy_state(std::string(name), folder, std::move(answer)); });
}

Result<SwapStatus> SteppedHost::swap(JobSpec spec, std::shared_ptr<const JobCode> code) {
  return answer_to<Result<SwapStatus>>(
      [&](auto answer) { swap_later(std::move(spec), std::move(code), std::move(answer)); });
}

void SteppedHost::swap_later(JobSpec spec,
                             std::shared_ptr<const JobCode> code,
                             std::function<void(Result<SwapStatus>)> answer,
                             const ProbationLimits& probation) {
  controller_.swap({std::move(spec), std::move(code), {}, std::move(answer), probation});
}

HostStatus SteppedHost::status() {
  return answer_to<HostStatus>([&](auto answer) { controller_.read_status(std::move(answer)); });
}

bool SteppedHost::step() {
  const std::size_t choice = random_() % (workers_.size() + 2);
  if (choice == workers_.size()) return controller_.run_pending();
  if (choice > workers_.size()) return step_threads();
  Worker& worker = *workers_[choice];
  if (worker.grant_wishes()) return true;
  return worker.task_count() > 0 && worker.step_task(random_() % worker.task_count());
}

bool SteppedHost::step_threads() {
  return !threads_.all.empty() && threads_.all[random_() % threads_.all.size()]->step();
}

void SteppedHost::cut_off_threads() {
  for (Thread* thread : threads_.all)
    thread->cut_off();
}

bool SteppedHost::step_until(const std::function<bool()>& is_done, std::size_t steps_max) {
  for (std::size_t i = 0; i < steps_max; ++i) {
    if (is_done()) return true;
    step();
  }
  return is_done();
}

void SteppedHost::settle() {
  // Tasks of a job that has just been submitted may still be on their way to their workers.
  const auto steps_max = [this] {
    std::size_t tasks = workers_.size() + threads_.all.size() + 2;
    for (const auto& worker : workers_)
      tasks += worker->task_count();
    return tasks * 20;
  };
  for (std::size_t still = 0; still < steps_max(); ++still) {
    if (step()) still = 0;
  }
}

template <class Answer, class Ask>
Answer SteppedHost::answer_to(Ask ask) {
  std::optional<Answer> answer;
  ask([&answer](Answer given) { answer = std::move(given); });
  while (!answer)
    step();
  return *std::move(answer);
}

}  // namespace weir
