// The program behind `weir run`: jobs, connectors and the control API, wired together.
#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/guarded.h"
#include "base/log.h"
#include "base/result.h"
#include "checkpoint/rocks_image.h"
#include "config/load.h"
#include "crash/crash_history.h"
#include "host/host_connectors.h"
#include "host/http_server.h"
#include "host/job_changes.h"
#include "host/redacted_log.h"
#include "host/routes.h"
#include "host/state_copier.h"
#include "job/job_host.h"

namespace weir {

// Where the jobs of a host come from.
struct HostOrigin {
  std::uint64_t generation = 0;  // That its jobs file is of; 0: of none.
  LoadGeneration load = {};      // Empty: it has no generations.
};

// Safe from any thread once it has started.
class Host final {
 public:
  // Opens the control API and starts every job. A job that cannot start does not keep the others
  // from it: see failures(). `loaded` has no mistakes; clock and log outlive the host.
  static Result<std::unique_ptr<Host>> start(LoadedJobs loaded,
                                             const Clock& clock,
                                             LogSink& log,
                                             HostOrigin origin = {});
  ~Host();
  Host(const Host&) = delete;
  Host& operator=(const Host&) = delete;

  // Without the secrets of the jobs file.
  HostStatus status() const;

  // Lets every job write what it has read and commit; waits, at most `limit`. No job is changed any
  // more.
  Status drain(std::chrono::milliseconds limit);

  // Whether some job is about to be started or stopped.
  bool is_changing() const { return changes_.is_busy(); }

  // Jobs that did not start, each with its cause.
  std::vector<std::string> failures() const;

  // Where the control API answers, "127.0.0.1:8088"; empty: nowhere.
  std::string http_address() const;

 private:
  Host(LoadedJobs loaded, const Clock& clock, LogSink& log, HostOrigin origin);
  Result<std::vector<JobSpec>> jobs_of(std::uint64_t generation) const;
  void submit_jobs();
  void tell_history();
  Status open_http();
  Result<SwapDecision> swap(const std::string& job, const std::string& body);

  const LoadedJobs loaded_;
  const HostOrigin origin_;
  RedactedLog log_;
  HostConnectors connectors_;
  const CrashHistory history_;
  std::shared_ptr<RocksShare> images_ = make_rocks_share();
  JobHost jobs_;  // Behind the connectors, which it uses to the end.
  Guarded<Startup> startup_;
  StateCopier copier_;                // On the thread of later answers.
  JobChanges changes_;                // Behind the jobs, which it changes.
  std::unique_ptr<HttpServer> http_;  // Behind the jobs, which it asks.
};

}  // namespace weir
