// Changes of what runs, one job after the other.
#pragma once

#include <chrono>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <optional>
#include <semaphore>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "base/clock.h"
#include "base/counter.h"
#include "base/guarded.h"
#include "base/log.h"
#include "config/spec.h"
#include "job/job_host.h"

namespace weir {

enum class ChangeState : std::uint8_t { Pending, Complete, Failed };
std::string_view name_of(ChangeState state);

struct ChangeStatus {
  std::uint64_t number = 0;
  std::string job;
  ChangeState state = ChangeState::Pending;
  std::string cause = {};            // Failed.
  std::chrono::milliseconds gap{0};  // Complete: how long the job did not run.
};

// Jobs of one generation, as they are to run. NotFound: it is not kept.
using LoadGeneration = std::function<Result<std::vector<JobSpec>>(std::uint64_t generation)>;

// Brings single jobs to a generation while the others run, on a thread of its own. All functions
// are safe from any thread.
class JobChanges final {
 public:
  // What is referred to outlives it. `load` is called on its thread.
  JobChanges(JobHost& jobs, LoadGeneration load, const Clock& clock, Log log);
  ~JobChanges() { end(); }
  JobChanges(const JobChanges&) = delete;
  JobChanges& operator=(const JobChanges&) = delete;

  // The job runs already, as this generation says.
  void runs(const std::string& job, std::uint64_t generation);

  // Swaps a job that runs, and starts any other, as the generation says: the number of the change.
  // One that runs so already is left alone.
  std::uint64_t bring(std::string job, std::uint64_t generation);
  // Drains the job.
  std::uint64_t stop(std::string job);

  // Nothing: no such change, or one of long ago.
  std::optional<ChangeStatus> find(std::uint64_t number) const;
  // Whether a change waits or is under way: a job that is over may start again.
  bool is_busy() const;

  // Nothing changes any more: waits for the change under way; the others are dropped. Not twice at
  // the same time.
  void end();

 private:
  struct Wish {
    std::uint64_t number = 0;
    std::string job;
    std::optional<std::uint64_t> generation;  // None: stop.
  };
  struct Book {
    std::uint64_t last_number = 0;
    std::deque<Wish> waiting;
    std::map<std::uint64_t, ChangeStatus> statuses;
    std::map<std::string, std::uint64_t, std::less<>> generations;  // That jobs run as.
  };

  void run();
  std::uint64_t post(std::string job, std::optional<std::uint64_t> generation);
  Result<std::chrono::milliseconds> carry_out(const Wish& wish);
  Result<std::chrono::milliseconds> start(const std::string& job, std::uint64_t generation);
  Result<std::optional<std::chrono::milliseconds>> swap(const JobSpec& spec);
  Status stop_if_running(const std::string& job);
  Status wait_until_running(const std::string& job);
  std::optional<JobStatus> status_of(std::string_view job) const;

  JobHost& jobs_;
  const LoadGeneration load_;
  const Clock& clock_;
  const Log log_;
  Guarded<Book> book_;
  std::counting_semaphore<> bell_{0};
  std::counting_semaphore<> end_{0};  // Released when a wait should be cut short.
  Published<bool> must_end_;
  std::thread thread_;
};

}  // namespace weir
