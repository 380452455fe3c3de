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

}  // namespace weir
