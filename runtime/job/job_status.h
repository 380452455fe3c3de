// What one sees of running jobs: plain values, a snapshot.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/named_counts.h"
#include "connectors/sink.h"
#include "job/swap_status.h"
#include "model/event_time.h"
#include "plugin/description.h"

namespace weir {

//        +------------------------------------------------+
//        v                                                |
//   Starting --> Restoring --> Running --> Draining -> Waiting --> Stopped
//                                 |           |           ^
//                                 v           v           |
//                              Finished    Stopped        |
//                                                         |
//                  any of the first four --> Failing -----+
//                                               |
//                                               v
//                                             Failed
//
// Without state of its own a job leaves Starting for Running; the end of its sources while it
// drains makes it Finished; a stop makes Starting, Restoring and Failing end as Stopped, too. What
// drains to start again with new code goes to Waiting.
enum class JobState : std::uint8_t {
  Starting,   // Connectors and state are being opened, earlier runs are being shut out.
  Restoring,  // Operators take their state back, where it is kept.
  Running,    // Records flow.
  Draining,   // Sources have been told to stop; a last epoch is on its way through.
  Failing,    // Something went wrong; the tasks are being taken off the workers.
  Waiting,    // It starts again by itself, from its last epoch: what went wrong may work later.
  Finished,   // All sources ended, everything is written, the last positions are committed.
  Stopped,    // Asked to stop, and everything up to the last positions is written and committed.
  Failed,     // See the cause. What was not committed comes again at the next start.
};
std::string_view name_of(JobState state);
bool is_over(JobState state);
bool may_follow(JobState from, JobState to);

// Where rows of an operator went and what its tasks are doing; sums over all workers.
struct OperatorStatus {
  std::string uid;
  OperatorKind kind = OperatorKind::Source;
  std::uint64_t rows_in = 0;  // Sources: records taken.
  std::uint64_t rows_out = 0;
  std::uint64_t filtered = 0;
  std::uint64_t unnatural = 0;
  std::uint64_t late = 0;
  std::uint64_t errors = 0;    // Records whose bytes are no row.
  std::uint64_t rejected = 0;  // Rows that the plugin's function refused.
  // The smallest of its tasks; none before the first one.
  std::optional<EventTime> watermark;
  // Who holds it back: the split of a source ("enter topic/3"), or the operator before it.
  std::string watermark_holder;
  double blocked_share = 0;     // Of the last second or so, waiting for room behind it; 0 to 1.
  std::uint64_t key_count = 0;  // Of every slice: a key that is in two counts twice.
  std::uint64_t state_bytes = 0;
};

struct SplitStatus {
  std::string source;  // uid of the source port
  std::string split;
  std::int64_t position = 0;        // Behind the last record taken.
  std::optional<std::int64_t> lag;  // Records still to be read, when known.
  std::optional<EventTime> watermark;
  bool is_idle = false;
  bool has_ended = false;
};

struct SideStatus {
  std::string stream;  // filtered, unnatural, late, timing, errors
  bool is_connected = false;
  std::uint64_t rows = 0;  // Set aside, whether connected or not.
};

struct EpochStatus {
  std::uint64_t completed = 0;            // The last one that is final.
  std::chrono::milliseconds duration{0};  // Of that one, from the barrier to the end …
  std::chrono::milliseconds commit{0};    // … and of that, once the barrier had passed all tasks.
  std::optional<WallTime> completed_at;
  std::string pause;  // Why no epoch can be made final for now; empty: all is well.
};

struct SinkStatus {
  std::string port;  // uid of the sink, or "side." and the name of the side stream
  Delivery delivery = Delivery::AtLeastOnce;
};

struct JobStatus {
  std::string name;
  std::string plugin;
  std::string plugin_version;
  std::string type;
  std::string job_class;
  JobState state = JobState::Starting;
  std::string cause;  // Failing, Waiting and Failed: job, operator and what happened.
  WallTime started_at;
  std::uint64_t restarts = 0;
  std::optional<SwapStatus> swap;  // The last one, under way or over.
  std::uint64_t swaps = 0;         // That are done.
  std::uint64_t failed_swaps = 0;
  std::optional<WallTime> next_start;  // Waiting.
  EpochStatus epoch;
  std::vector<OperatorStatus> operators;  // In the order of the job's description.
  std::vector<SplitStatus> splits;
  std::vector<SideStatus> sides;  // All five.
  std::vector<SinkStatus> sinks;  // And the side streams that are connected.
  // The job's own; those of a connector of a plugin begin with its port: "enter.lessons".
  std::vector<NamedCount> counters;
};

// A call that has not come back for longer than it should.
struct SlowCallStatus {
  std::size_t worker = 0;
  std::string job;
  std::string operator_uid;
  std::string split;  // Of the first records at hand; empty: none are known.
  std::int64_t first_offset = 0;
  std::int64_t last_offset = 0;
  std::chrono::milliseconds lasting{0};
};

struct HostStatus {
  std::uint32_t workers = 0;
  WallTime started_at;
  std::vector<double> worker_busy_share;  // Of the last second or so, 0 to 1, one for each.
  std::vector<JobStatus> jobs;            // In the order of submission.
  std::vector<SlowCallStatus> slow_calls;
};

}  // namespace weir
