#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <random>
#include <vector>

#include "job/controller.h"
#include "worker/worker.h"

namespace weir {

// A host without threads: the caller's thread steps the tasks of all workers, the jobs' own threads
// and the control plane, one at a time, in an order that a seed chooses. The same seed, clock and
// connectors give the same run. Destroying it is a crash: nothing is written or committed any more.
class SteppedHost final {
 public:
  SteppedHost(JobHostOptions options, std::uint64_t seed);
  ~SteppedHost();
  SteppedHost(const SteppedHost&) = delete;
  SteppedHost& operator=(const SteppedHost&) = delete;

  // Like JobHost's; they step until the answer is there.
  Status submit(JobSpec spec);
  Status stop(std::string_view name, std::chrono::milliseconds limit);
  Result<SwapStatus> swap(JobSpec spec, std::shared_ptr<const JobCode> code = nullptr);
  HostStatus status();
  Status copy_state(std::string_view name, const std::filesystem::path& folder);

  // stop() without stepping; the answer comes during a later step.
  void stop_later(std::string name,
                  std::chrono::milliseconds limit,
                  std::function<void(Status)> answer);

  // swap() without stepping; the same.
  void swap_later(JobSpec spec,
                  std::shared_ptr<const JobCode> code,
                  std::function<void(Result<SwapStatus>)> answer,
                  const ProbationLimits& probation = {});

  // One step of one task, or a turn of the control plane. Returns whether something moved.
  bool step();
  // Steps until `is_done`, at most `steps_max` times. Returns whether it is done.
  bool step_until(const std::function<bool()>& is_done, std::size_t steps_max = 1'000'000);
  // Steps until nothing has moved for many steps.
  void settle();

 private:
  class Thread;
  struct Threads {
    std::vector<Thread*> all;
  };

  bool step_threads();
  void cut_off_threads();
  template <class Answer, class Ask>
  Answer answer_to(Ask ask);

  std::vector<std::unique_ptr<Worker>> workers_;
  Threads threads_;
  Controller controller_;
  std::mt19937_64 random_;
};

}  // namespace weir
