#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/log.h"
#include "checkpoint/epoch_committer.h"
#include "checkpoint/recovery.h"
#include "job/epoch_coordinator.h"
#include "job/job_graph.h"
#include "job/job_services.h"
#include "job/state_reading.h"

namespace weir {

// See JobHostOptions.
using OpenImage = std::function<Result<std::unique_ptr<StateImage>>(const JobSpec& job)>;

// All that is referred to outlives the run.
struct JobRunParts {
  const JobSpec& spec;
  std::shared_ptr<const JobCode> code;
  const FindConnector& find_connector;
  const OpenImage& open_image;  // May be empty.
  std::span<Worker* const> workers;
  TaskReports& reports;
  const Clock& clock;
  CallSites& sites;
  std::shared_ptr<const JobSuspects> suspects;  // May be null.
  JobOwner& owner;                              // Touched where the run's steps are done.
  Log log;
};

// What a job consists of from one start to the next: its ports, its state, its graph. It comes to
// life step by step, and stands then where the last committed epoch of the run before left it:
//
//   FindPorts → OpenPorts → ReadImage → TakeOver → Settle → OpenGraph → Restore → Ready
//
// All but the first may block and are done on the job's thread, where it is also destroyed. One at
// a time.
class JobRun final {
 public:
  enum class Stage : std::uint8_t {
    FindPorts,  // Connectors are found. On the control thread.
    OpenPorts,  // They are opened.
    ReadImage,  // The state directory is locked and read.
    TakeOver,   // Earlier runs are shut out; only then the outside world is asked for its epoch.
    Settle,     // A prepared epoch is committed or rolled back, and the job is claimed.
    OpenGraph,  // Readers are opened where that epoch ended.
    Restore,    // Operators take their state back.
    Ready,      // To run.
  };

  explicit JobRun(JobRunParts parts);
  ~JobRun();
  JobRun(const JobRun&) = delete;
  JobRun& operator=(const JobRun&) = delete;

  Stage stage() const { return stage_; }
  // Does what stage() says, and goes on to the next. After an error the run can only be destroyed.
  Status step();

  // Whether the next run goes on where this one's last epoch ended, with all its state. Control
  // thread, at any time.
  bool is_recoverable() const { return keeps_state_; }

  // Null before it is opened.
  JobGraph* graph() { return graph_.get(); }
  const JobGraph* graph() const { return graph_.get(); }
  JobPorts* ports() { return ports_.get(); }
  const JobPorts* ports() const { return ports_.get(); }
  const JobServices* services() const { return services_.get(); }

  // Once it is Ready.
  EpochCoordinator& epochs() { return epochs_; }
  const EpochCoordinator& epochs() const { return epochs_; }
  EpochCommitter& committer() { return committer_; }
  // Null: the job keeps no state.
  const StateImage* image() const { return image_.get(); }
  // The epoch it goes on behind.
  std::uint64_t restored() const { return decision_.epoch; }

  // What of a closed epoch becomes durable: all positions that are known, also of splits that
  // nobody has seen in this run.
  EpochDelta delta_of(ClosedEpoch closed);

  // Entries of the state that were converted when the run was restored.
  std::uint64_t converted() const { return converted_.value(); }

  // Other code for the graph that runs, step by step. On the job's thread: makes it ready.
  Status construct(const JobSpec& spec, std::shared_ptr<const JobCode> code);
  // What brings it to the tasks; null: none is ready.
  const CodeFlip* flip() const { return next_code_ ? &next_code_->flip() : nullptr; }
  // Its barrier has passed all tasks.
  void exchange_code();
  // On the job's thread: lets go of code that is ready and not wanted, or that ran before.
  void release_code();

 private:
  Status perform();
  Status find_ports();
  Status settle();
  Status open_graph();
  OpenState describe_state();
  Status restore();
  Result<std::unique_ptr<RunningCode>> make_code(const JobSpec& spec,
                                                 std::shared_ptr<const JobCode> code);

  // Set at construction.
  JobRunParts parts_;

  Stage stage_ = Stage::FindPorts;
  bool keeps_state_ = false;  // From FindPorts on.
  std::shared_ptr<JobServices> services_;
  std::unique_ptr<JobPorts> ports_;
  std::unique_ptr<StateImage> image_;
  EpochTransaction::Recovered outside_;
  RecoveryDecision decision_;
  std::vector<std::map<std::string, std::int64_t>> positions_;  // By source and split.
  std::map<std::string, NeededState, std::less<>> needed_;      // By operator.
  Counter converted_;
  std::unique_ptr<RunningCode> next_code_;  // Until its flip has passed all tasks.
  std::unique_ptr<RunningCode> old_code_;   // From then on.
  std::unique_ptr<JobGraph> graph_;
  EpochCoordinator epochs_{0};
  EpochCommitter committer_{{}};
};

}  // namespace weir
