#pragma once

#include <filesystem>
#include <functional>
#include <future>
#include <memory>
#include <optional>
#include <semaphore>
#include <string_view>
#include <variant>
#include <vector>

#include "base/guarded.h"
#include "crash/call_sites.h"
#include "job/job.h"
#include "job/job_host.h"

namespace weir {

// All jobs of a host, and the one mailbox through which everything about them goes: anyone may
// post, one thread handles, one event at a time.
class Controller final {
 public:
  // Gives a job its thread. Control thread.
  using MakeThread = std::function<std::unique_ptr<JobThread>()>;

  // The workers outlive the controller.
  Controller(JobHostOptions options, std::vector<Worker*> workers, MakeThread make_thread);
  ~Controller();
  Controller(const Controller&) = delete;
  Controller& operator=(const Controller&) = delete;

  // Any thread: only queues. The answers come on the control thread.
  void submit(JobSpec spec, std::function<void(Status)> answer);
  void drain(std::optional<std::string> name,  // None: all jobs.
             std::chrono::milliseconds limit,
             std::function<void(Status)> answer);
  void read_status(std::function<void(HostStatus)> answer);
  void copy_state(std::string name,
                  std::filesystem::path folder,
                  std::function<void(Status)> answer);
  void read_spec(std::string name, std::function<void(Result<JobSpec>)> answer);
  // The code is loaded when there is none. `begun` comes as soon as it is decided, `done` when the
  // swap is over, or it has not begun; either may be empty.
  struct SwapOrder {
    JobSpec spec;
    std::shared_ptr<const JobCode> code;
    std::function<void(Result<SwapDecision>)> begun;
    std::function<void(Result<SwapStatus>)> done;
    ProbationLimits probation = {};
  };
  void swap(SwapOrder order);

  // Control thread. Handles every queued event and what is due by now. Whether there was an event.
  bool run_pending();
  // Control thread. Returns when an event is queued or something is due, at the latest after a
  // second.
  void wait();

  // Any thread: ends wait().
  void ring() { bell_.release(); }

  // Once no thread steps a worker any more: takes all tasks back. `pause` returns when a job's
  // thread may have done its piece.
  void abandon(const std::function<void()>& pause);

 private:
  struct Request {
    std::function<void()> run;
  };
  using Event = std::variant<JobEvent, Request>;

  struct Waiting {
    std::vector<TaskGroup> jobs;  // Until all of these are over.
    std::function<void(Status)> answer;
  };

  void post(Event event);
  Status start(JobSpec spec);
  Result<SwapDecision> begin_swap(SwapOrder& order);
  void start_draining(const std::optional<std::string>& name,
                      std::chrono::milliseconds limit,
                      std::function<void(Status)> answer);
  void answer_waiting();
  HostStatus status() const;
  Job* find_run(TaskGroup run) const;
  Job* find(TaskGroup id) const;
  Job* find(std::string_view name) const;

  // Set at construction.
  JobHostOptions options_;
  std::vector<Worker*> workers_;
  MakeThread make_thread_;
  Log log_;
  WallTime started_at_;
  CallSites sites_;

  Guarded<std::vector<Event>> mailbox_;
  std::counting_semaphore<> bell_{0};

  // Control thread only.
  std::vector<std::unique_ptr<Job>> jobs_;
  std::vector<Waiting> waiting_;
  TaskGroup last_run_;
};

}  // namespace weir
