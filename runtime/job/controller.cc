#include "job/controller.h"

#include <algorithm>
#include <utility>

#include "base/check.h"
#include "base/format.h"

namespace weir {
namespace {

constexpr std::chrono::seconds kWaitMax{1};

Status outcome_of(const Job& job) {
  if (job.state() == JobState::Failed) return Error(ErrorKind::Unavailable, job.cause());
  return Done{};
}

}  // namespace

Controller::Controller(JobHostOptions options, std::vector<Worker*> workers, MakeThread make_thread)
    : options_(std::move(options)),
      workers_(std::move(workers)),
      make_thread_(std::move(make_thread)),
      log_(options_.log, "job"),
      started_at_(options_.clock.wall_now()) {}

Controller::~Controller() = default;

void Controller::submit(JobSpec spec, std::function<void(Status)> answer) {
  post(Request{[this, spec = std::move(spec), answer = std::move(answer)]() mutable {
    answer(start(std::move(spec)));
  }});
}

void Controller::drain(std::optional<std::string> name,
                       std::chrono::milliseconds limit,
                       std::function<void(Status)> answer) {
  post(Request{[this, name = std::move(name), limit, answer = std::move(answer)]() mutable {
    start_draining(name, limit, std::move(answer));
  }});
}

void Controller::read_status(std::function<void(HostStatus)> answer) {
  post(Request{[this, answer = std::move(answer)] { answer(status()); }});
}

void Controller::copy_state(std::string name,
                            std::filesystem::path folder,
                            std::function<void(Status)> answer) {
  post(Request{[this,
                name = std::move(name),
                folder = std::move(folder),
                answer = std::move(answer)]() mutable {
    Job* job = find(name);
    if (job == nullptr) return answer(Error(ErrorKind::NotFound, "no job " + name));
    job->copy_state(std::move(folder), std::move(answer));
  }});
}

void Controller::read_spec(std::string name, std::function<void(Result<JobSpec>)> answer) {
  post(Request{[this, name = std::move(name), answer = std::move(answer)] {
    const Job* job = find(name);
    answer(job != nullptr ? Result<JobSpec>(job->spec())
                          : Result<JobSpec>(Error(ErrorKind::NotFound, "no such job: " + name)));
  }});
}

void Controller::swap(SwapOrder order) {
  post(Request{[this, order = std::move(order)]() mutable {
    auto decision = begin_swap(order);
    if (!decision && order.done) order.done(decision.error());
    if (order.begun) order.begun(std::move(decision));
  }});
}

Result<SwapDecision> Controller::begin_swap(SwapOrder& order) {
  Job* job = find(order.spec.name);
  if (job == nullptr) return Error(ErrorKind::NotFound, "no such job: " + order.spec.name);
  const MonotonicTime began = options_.clock.monotonic_now();
  if (order.code == nullptr) {
    auto code = options_.load_code(order.spec);
    if (!code) return std::move(code).error().during("swap job " + order.spec.name);
    order.code = *std::move(code);
  }
  return job->swap({.spec = std::move(order.spec),
                    .code = std::move(order.code),
                    .load = options_.clock.monotonic_now() - began,
                    .probation = order.probation,
                    .answer = order.done});
}

bool Controller::run_pending() {
  auto events =
      mailbox_.with([](std::vector<Event>& waiting) { return std::exchange(waiting, {}); });
  for (Event& event : events) {
    if (auto* request = std::get_if<Request>(&event)) {
      request->run();
      continue;
    }
    std::visit(
        [this](auto& news) {
          if (Job* job = find_run(news.run)) job->handle(std::move(news));
        },
        std::get<JobEvent>(event));
  }
  for (const auto& job : jobs_)
    job->tick();
  answer_waiting();
  return !events.empty();
}

void Controller::wait() {
  MonotonicTime due = MonotonicTime::max();
  for (const auto& job : jobs_)
    due = std::min(due, job->next_due());
  const MonotonicTime now = options_.clock.monotonic_now();
  if (due <= now) return;
  const auto limit = std::min<std::chrono::nanoseconds>(due - now, kWaitMax);
  static_cast<void>(bell_.try_acquire_for(limit));
}

void Controller::abandon(const std::function<void()>& pause) {
  for (const auto& job : jobs_) {
    if (!is_over(job->state())) job->abandon();
  }
  // The workers' threads have ended, so this one may grant their wishes.
  for (Worker* worker : workers_)
    worker->grant_wishes();
  run_pending();
  const auto is_running = [](const auto& job) { return !is_over(job->state()); };
  while (std::ranges::any_of(jobs_, is_running)) {
    pause();
    run_pending();
  }
}

void Controller::post(Event event) {
  mailbox_.with([&](std::vector<Event>& waiting) { waiting.push_back(std::move(event)); });
  bell_.release();
}

Status Controller::start(JobSpec spec) {
  if (const Job* running = find(spec.name)) {
    if (!is_over(running->state())) {
      return Error(ErrorKind::Invalid, format("job {} is running already", spec.name));
    }
    std::erase_if(jobs_, [&](const auto& job) { return job.get() == running; });
  }
  auto code = options_.load_code(spec);
  if (!code) return std::move(code).error().during("start job " + spec.name);
  last_run_ = last_run_.next();
  const std::string name = spec.name;
  jobs_.push_back(std::make_unique<Job>(
      JobParts{.spec = std::move(spec),
               .id = last_run_,
               .code = *std::move(code),
               .find_connector = options_.find_connector,
               .open_image = options_.open_image,
               .workers = workers_,
               .clock = options_.clock,
               .sites = sites_,
               .suspects = options_.find_suspects ? options_.find_suspects(name) : nullptr,
               .log = log_.for_job(name),
               .next_run = [this] { return last_run_ = last_run_.next(); },
               .post = [this](JobEvent event) { post(std::move(event)); },
               .state_changed =
                   [this, name](JobState state) {
                     log_.for_job(name).info("{}", name_of(state));
                     if (options_.on_change) options_.on_change(name, state);
                   },
               .thread = make_thread_()}));
  jobs_.back()->start();
  return Done{};
}

void Controller::start_draining(const std::optional<std::string>& name,
                                std::chrono::milliseconds limit,
                                std::function<void(Status)> answer) {
  if (name && find(*name) == nullptr) {
    return answer(Error(ErrorKind::NotFound, "no such job: " + *name));
  }
  const MonotonicTime deadline = options_.clock.monotonic_now() + limit;
  Waiting waiting{.jobs = {}, .answer = std::move(answer)};
  for (const auto& job : jobs_) {
    if (name && job->name() != *name) continue;
    job->drain(deadline);
    waiting.jobs.push_back(job->id());
  }
  waiting_.push_back(std::move(waiting));
}

void Controller::answer_waiting() {
  const auto is_running = [this](TaskGroup id) {
    const Job* job = find(id);
    return job != nullptr && !is_over(job->state());
  };
  std::erase_if(waiting_, [&](Waiting& waiting) {
    if (std::any_of(waiting.jobs.begin(), waiting.jobs.end(), is_running)) return false;
    Status outcome = Done{};
    for (const TaskGroup id : waiting.jobs) {
      const Job* job = find(id);
      if (outcome && job != nullptr) outcome = outcome_of(*job);
    }
    waiting.answer(std::move(outcome));
    return true;
  });
}

HostStatus Controller::status() const {
  HostStatus status;
  status.workers = static_cast<std::uint32_t>(workers_.size());
  status.started_at = started_at_;
  for (const auto& job : jobs_)
    status.jobs.push_back(job->status());
  return status;
}

Job* Controller::find_run(TaskGroup run) const {
  for (const auto& job : jobs_) {
    if (job->run() == run) return job.get();
  }
  return nullptr;
}

Job* Controller::find(TaskGroup id) const {
  for (const auto& job : jobs_) {
    if (job->id() == id) return job.get();
  }
  return nullptr;
}

Job* Controller::find(std::string_view name) const {
  for (const auto& job : jobs_) {
    if (job->name() == name) return job.get();
  }
  return nullptr;
}

}  // namespace weir
