#include "job/job_status.h"

namespace weir {

std::string_view name_of(JobState state) {
  switch (state) {
    case JobState::Starting: return "starting";
    case JobState::Restoring: return "restoring";
    case JobState::Running: return "running";
    case JobState::Draining: return "draining";
    case JobState::Failing: return "failing";
    case JobState::Waiting: return "waiting";
    case JobState::Finished: return "finished";
    case JobState::Stopped: return "stopped";
    case JobState::Failed: return "failed";
  }
  return "";
}

bool is_over(JobState state) {
  return state == JobState::Finished || state == JobState::Stopped || state == JobState::Failed;
}

bool may_follow(JobState from, JobState to) {
  switch (from) {
    case JobState::Starting:
      return to == JobState::Restoring || to == JobState::Running || to == JobState::Stopped ||
             to == JobState::Failing;
    case JobState::Restoring:
      return to == JobState::Running || to == JobState::Stopped || to == JobState::Failing;
    case JobState::Running:
      return to == JobState::Draining || to == JobState::Finished || to == JobState::Failing;
    case JobState::Draining:
      return to == JobState::Stopped || to == JobState::Finished || to == JobState::Failing ||
             to == JobState::Waiting || to == JobState::Failed;
    case JobState::Failing:
      return to == JobState::Waiting || to == JobState::Stopped || to == JobState::Failed;
    case JobState::Waiting:
      return to == JobState::Starting || to == JobState::Stopped || to == JobState::Failed;
    case JobState::Finished:
    case JobState::Stopped:
    case JobState::Failed: return false;
  }
  return false;
}

}  // namespace weir
