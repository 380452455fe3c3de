#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/log.h"
#include "base/result.h"
#include "checkpoint/state_image.h"
#include "config/spec.h"
#include "connectors/connector.h"
#include "crash/call_watch.h"
#include "crash/job_suspects.h"
#include "job/job_code.h"
#include "job/job_status.h"
#include "job/probation.h"

namespace weir {

// What running jobs need from the rest of the host.
struct JobHostOptions {
  std::uint32_t workers = 2;
  const Clock& clock;  // Outlives the host, as does the log.
  LogSink& log;

  // The connector of that name, as the ports of a job mean it: "kafka", or "plugin:NAME" and the
  // file of the plugin that has it. Called on the control thread; what it returns outlives the
  // host.
  std::function<Result<const Connector*>(std::string_view name,
                                         const std::filesystem::path& plugin)>
      find_connector;

  // The job's code. Called on the control thread.
  std::function<Result<std::shared_ptr<const JobCode>>(const JobSpec& job)> load_code;

  // How long a call of a plugin may take before it is named, and before it ends the process.
  CallWatch::Limits calls = {};

  // What is known against records of that job; null: nothing. Called on the control thread; may be
  // empty.
  std::function<std::shared_ptr<const JobSuspects>(const std::string& job)> find_suspects = {};

  // Called on the control thread whenever a job's state has changed; may be empty. Must not
  // call the host.
  std::function<void(const std::string& job, JobState state)> on_change;

  // Opens the durable image of a job that keeps its state. Called on the job's own thread. May be
  // empty: no job keeps its state.
  std::function<Result<std::unique_ptr<StateImage>>(const JobSpec& job)> open_image = {};
};

// Loads `plugin_path` and finds `type` in it: the usual load_code.
Result<std::shared_ptr<const JobCode>> load_plugin_code(const JobSpec& job);

// Runs jobs: worker threads that step tasks and a control thread that starts, stops and watches
// them. All functions are safe from any thread and may be called at the same time; those that
// wait say so.
class JobHost final {
 public:
  // Starts the threads, without a job.
  explicit JobHost(JobHostOptions options);

  // Takes every task off its worker at once; what was not committed comes again at the next
  // start. Call drain() before for a tidy end.
  ~JobHost();
  JobHost(const JobHost&) = delete;
  JobHost& operator=(const JobHost&) = delete;

  // Starts a job, where its last run left it; waits until its code is loaded. How it goes on,
  // status() tells. Fails when a job of that name is there and not over. A job that is over is
  // replaced.
  Status submit(JobSpec spec);

  // Drains a job: sources stop, what they have read goes through to the sinks, and a last epoch is
  // made final. Open windows do not fire: they go on with the next start, unless the job's state is
  // not durable. Waits until the job is over. A job that cannot get rid of its rows within `limit`
  // is cut off and fails; a call of the outside world that is under way may take a few seconds to
  // end, those of plugins as long as they like. NotFound when there is no such job.
  Status stop(std::string_view name, std::chrono::milliseconds limit);

  // stop() for all jobs at the same time. The first error, if any.
  Status drain(std::chrono::milliseconds limit);

  // Copies the durable state of a running job, as of its last committed epoch, into a folder that
  // is not there yet (its parent is); files that do not change are shared. Rows flow on meanwhile.
  // Waits for the epoch that is being made final, which can take as long as the sinks do. NotFound:
  // there is no such job; Invalid: it keeps no state; Unavailable: it does not run now.
  Status copy_state(std::string_view name, const std::filesystem::path& folder);

  // Moves a running job to what `spec`, an entry of the same name, says: to other code, or other
  // parameters, while records flow. `code` is loaded when it is null. Nothing of the running job is
  // touched before the new code is ready; if that fails or is refused, it runs on. When it does not
  // pass its probation, the job goes back by itself. begin_swap() waits until it is decided, swap()
  // until it is over, the probation included; status() tells how it goes. NotFound: no such job;
  // Unavailable: it does not run, or is amid a swap; Invalid: it would have to start again and
  // keeps no state; Incompatible: it cannot be, and why.
  Result<SwapDecision> begin_swap(JobSpec spec,
                                  const ProbationLimits& probation = {},
                                  std::shared_ptr<const JobCode> code = nullptr);
  Result<SwapStatus> swap(JobSpec spec,
                          const ProbationLimits& probation = {},
                          std::shared_ptr<const JobCode> code = nullptr);

  // The entry that a job runs by.
  Result<JobSpec> spec(std::string_view name) const;

  // A snapshot of everything. Waits for the control thread's next turn.
  HostStatus status() const;

 private:
  struct Threads;
  std::unique_ptr<Threads> threads_;
};

}  // namespace weir
