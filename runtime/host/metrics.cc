#include "host/metrics.h"

#include <sstream>
#include <string_view>
#include <utility>
#include <vector>

#include <prometheus/metric_family.h>
#include <prometheus/text_serializer.h>

#include "base/format.h"
#include "host/version.h"

namespace weir {
namespace {

using prometheus::ClientMetric;
using prometheus::MetricFamily;
using prometheus::MetricType;
using Labels = std::vector<ClientMetric::Label>;

// One metric with all its label values.
class Family final {
 public:
  Family(std::string_view name, std::string_view help, MetricType type) {
    family_.name = name;
    family_.help = help;
    family_.type = type;
  }

  void add(Labels labels, double value) {
    ClientMetric metric;
    metric.label = std::move(labels);
    if (family_.type == MetricType::Counter) {
      metric.counter.value = value;
    } else {
      metric.gauge.value = value;
    }
    family_.metric.push_back(std::move(metric));
  }

  MetricFamily take() { return std::move(family_); }

 private:
  MetricFamily family_;
};

double seconds(std::int64_t milliseconds) {
  return static_cast<double>(milliseconds) / 1000;
}

double number(std::uint64_t count) {
  return static_cast<double>(count);
}

bool is_in_calendar(const std::optional<EventTime>& time) {
  return time && *time != EventTime::min() && *time != EventTime::max();
}

class Exposition final {
 public:
  // `value` gives what to report of one element; nothing: leave it out.
  template <class Value>
  void host(std::string_view name, std::string_view help, MetricType type, Value value) {
    Family family(name, help, type);
    value(family);
    add(family);
  }

  template <class Value>
  void per_job(const HostStatus& status,
               std::string_view name,
               std::string_view help,
               MetricType type,
               Value value) {
    Family family(name, help, type);
    for (const JobStatus& job : status.jobs)
      value(job, family);
    add(family);
  }

  std::string text() const {
    std::ostringstream out;
    prometheus::TextSerializer().Serialize(out, families_);
    return out.str();
  }

 private:
  void add(Family& family) {
    MetricFamily taken = family.take();
    if (!taken.metric.empty()) families_.push_back(std::move(taken));
  }

  std::vector<MetricFamily> families_;
};

void add_host(const HostStatus& status, Exposition& exposition) {
  exposition.host("weir_host",
                  "Version and number of workers of this host",
                  MetricType::Gauge,
                  [&](Family& family) {
                    family.add({{"version", std::string(weir_version())},
                                {"workers", format("{}", status.workers)}},
                               1);
                  });
  exposition.host("weir_host_started_seconds",
                  "When the host started, seconds since 1970",
                  MetricType::Gauge,
                  [&](Family& family) {
                    family.add({}, seconds(status.started_at.time_since_epoch().count()));
                  });
  exposition.host("weir_worker_busy_share",
                  "Share of the last second a worker was busy",
                  MetricType::Gauge,
                  [&](Family& family) {
                    for (std::size_t i = 0; i < status.worker_busy_share.size(); ++i) {
                      family.add({{"worker", format("{}", i)}}, status.worker_busy_share[i]);
                    }
                  });
}

void add_slow_calls(const HostStatus& status, Exposition& exposition) {
  exposition.host("weir_slow_call_seconds",
                  "How long a call of a plugin has not come back; absent when none is slow",
                  MetricType::Gauge,
                  [&](Family& family) {
                    for (const SlowCallStatus& call : status.slow_calls) {
                      family.add({{"job", call.job},
                                  {"operator", call.operator_uid},
                                  {"worker", format("{}", call.worker)}},
                                 seconds(call.lasting.count()));
                    }
                  });
}

void add_jobs(const HostStatus& status, Exposition& exposition) {
  constexpr JobState kStates[] = {JobState::Starting,
                                  JobState::Restoring,
                                  JobState::Running,
                                  JobState::Draining,
                                  JobState::Failing,
                                  JobState::Waiting,
                                  JobState::Finished,
                                  JobState::Stopped,
                                  JobState::Failed};
  exposition.per_job(status,
                     "weir_job_state",
                     "1 for the state a job is in",
                     MetricType::Gauge,
                     [&](const JobStatus& job, Family& family) {
                       for (const JobState state : kStates) {
                         family.add({{"job", job.name}, {"state", std::string(name_of(state))}},
                                    state == job.state ? 1 : 0);
                       }
                     });
  exposition.per_job(status,
                     "weir_job",
                     "Plugin, version, type and class of a job",
                     MetricType::Gauge,
                     [](const JobStatus& job, Family& family) {
                       family.add({{"job", job.name},
                                   {"plugin", job.plugin},
                                   {"version", job.plugin_version},
                                   {"type", job.type},
                                   {"class", job.job_class}},
                                  1);
                     });
  exposition.per_job(status,
                     "weir_job_epochs_total",
                     "Epochs whose positions are committed",
                     MetricType::Counter,
                     [](const JobStatus& job, Family& family) {
                       family.add({{"job", job.name}}, number(job.epoch.completed));
                     });
  exposition.per_job(status,
                     "weir_job_epoch_duration_seconds",
                     "From barrier to commit, of the last completed epoch",
                     MetricType::Gauge,
                     [](const JobStatus& job, Family& family) {
                       family.add({{"job", job.name}}, seconds(job.epoch.duration.count()));
                     });
  exposition.per_job(
      status,
      "weir_job_side_rows_total",
      "Rows set aside, by side stream",
      MetricType::Counter,
      [](const JobStatus& job, Family& family) {
        for (const SideStatus& side : job.sides) {
          family.add({{"job", job.name}, {"stream", side.stream}}, number(side.rows));
        }
      });
  exposition.per_job(
      status,
      "weir_job_counter_total",
      "Counters of the job's code and of its connectors",
      MetricType::Counter,
      [](const JobStatus& job, Family& family) {
        for (const NamedCount& counter : job.counters) {
          family.add({{"job", job.name}, {"counter", counter.name}}, number(counter.value));
        }
      });
}

struct OperatorCount {
  std::string_view name;
  std::string_view help;
  MetricType type;
  std::uint64_t OperatorStatus::*count;
};

constexpr OperatorCount kOperatorCounts[] = {
    {"weir_operator_rows_in_total",
     "Rows taken; of sources: records",
     MetricType::Counter,
     &OperatorStatus::rows_in},
    {"weir_operator_rows_out_total",
     "Rows handed on",
     MetricType::Counter,
     &OperatorStatus::rows_out},
    {"weir_operator_filtered_total",
     "Rows that a filter dropped",
     MetricType::Counter,
     &OperatorStatus::filtered},
    {"weir_operator_unnatural_total",
     "Rows with a time too far in the future",
     MetricType::Counter,
     &OperatorStatus::unnatural},
    {"weir_operator_late_total",
     "Rows too late for every window",
     MetricType::Counter,
     &OperatorStatus::late},
    {"weir_operator_errors_total",
     "Records that are no rows",
     MetricType::Counter,
     &OperatorStatus::errors},
    {"weir_operator_rejected_total",
     "Rows that the plugin refused",
     MetricType::Counter,
     &OperatorStatus::rejected},
    {"weir_operator_keys", "Keys with state", MetricType::Gauge, &OperatorStatus::key_count},
    {"weir_operator_state_bytes",
     "Memory held by state",
     MetricType::Gauge,
     &OperatorStatus::state_bytes}};

Labels labels_of(const JobStatus& job, const OperatorStatus& op) {
  return {{"job", job.name}, {"operator", op.uid}};
}

void add_operators(const HostStatus& status, Exposition& exposition) {
  for (const OperatorCount& count : kOperatorCounts) {
    exposition.per_job(
        status, count.name, count.help, count.type, [&](const JobStatus& job, Family& family) {
          for (const OperatorStatus& op : job.operators) {
            family.add(labels_of(job, op), number(op.*count.count));
          }
        });
  }
  exposition.per_job(status,
                     "weir_operator_blocked_share",
                     "Share of the last second spent waiting for room behind it",
                     MetricType::Gauge,
                     [](const JobStatus& job, Family& family) {
                       for (const OperatorStatus& op : job.operators) {
                         family.add(labels_of(job, op), op.blocked_share);
                       }
                     });
  exposition.per_job(status,
                     "weir_operator_watermark_seconds",
                     "Event time no earlier row follows, seconds since 1970",
                     MetricType::Gauge,
                     [](const JobStatus& job, Family& family) {
                       for (const OperatorStatus& op : job.operators) {
                         if (!is_in_calendar(op.watermark)) continue;
                         family.add(labels_of(job, op), seconds(op.watermark->milliseconds));
                       }
                     });
}

Labels labels_of(const JobStatus& job, const SplitStatus& split) {
  return {{"job", job.name}, {"source", split.source}, {"split", split.split}};
}

void add_splits(const HostStatus& status, Exposition& exposition) {
  exposition.per_job(status,
                     "weir_split_position",
                     "Behind the last record taken",
                     MetricType::Gauge,
                     [](const JobStatus& job, Family& family) {
                       for (const SplitStatus& split : job.splits) {
                         family.add(labels_of(job, split), static_cast<double>(split.position));
                       }
                     });
  exposition.per_job(status,
                     "weir_split_lag_records",
                     "Records still to be read",
                     MetricType::Gauge,
                     [](const JobStatus& job, Family& family) {
                       for (const SplitStatus& split : job.splits) {
                         if (!split.lag) continue;
                         family.add(labels_of(job, split), static_cast<double>(*split.lag));
                       }
                     });
  exposition.per_job(status,
                     "weir_split_idle",
                     "1 for a split that holds no watermark back",
                     MetricType::Gauge,
                     [](const JobStatus& job, Family& family) {
                       for (const SplitStatus& split : job.splits) {
                         family.add(labels_of(job, split), split.is_idle ? 1 : 0);
                       }
                     });
}

// Of each job's last swap, once it is over.
template <class Value>
void add_swap(const HostStatus& status,
              Exposition& exposition,
              std::string_view name,
              std::string_view help,
              Value value) {
  exposition.per_job(
      status, name, help, MetricType::Gauge, [&](const JobStatus& job, Family& family) {
        if (job.swap && is_over(job.swap->phase)) value(job, *job.swap, family);
      });
}

double seconds(std::chrono::nanoseconds duration) {
  return std::chrono::duration<double>(duration).count();
}

void add_swaps(const HostStatus& status, Exposition& exposition) {
  exposition.per_job(
      status,
      "weir_job_swaps_total",
      "Changes of a running job's code or parameters, by outcome",
      MetricType::Counter,
      [](const JobStatus& job, Family& family) {
        family.add({{"job", job.name}, {"outcome", "done"}}, number(job.swaps));
        family.add({{"job", job.name}, {"outcome", "failed"}}, number(job.failed_swaps));
      });
  add_swap(status,
           exposition,
           "weir_job_swap_gap_seconds",
           "Longest time without a record of a source or a row of a sink in the last swap",
           [](const JobStatus& job, const SwapStatus& swap, Family& family) {
             for (const SwapGap& gap : swap.gaps)
               family.add({{"job", job.name}, {"port", gap.port}}, seconds(gap.longest));
           });
  add_swap(status,
           exposition,
           "weir_job_swap_phase_seconds",
           "How long the phases of the last swap took",
           [](const JobStatus& job, const SwapStatus& swap, Family& family) {
             const std::pair<const char*, std::chrono::nanoseconds> phases[] = {
                 {"load", swap.load},
                 {"construct", swap.construct},
                 {"wait", swap.wait},
                 {"flip", swap.flip},
                 {"commit", swap.commit},
                 {"start", swap.start}};
             for (const auto& [phase, duration] : phases)
               family.add({{"job", job.name}, {"phase", phase}}, seconds(duration));
           });
  add_swap(status,
           exposition,
           "weir_job_swap_converted",
           "Entries of state that the last swap read by the names of their fields",
           [](const JobStatus& job, const SwapStatus& swap, Family& family) {
             family.add({{"job", job.name}}, number(swap.converted));
           });
}

}  // namespace

std::string metrics_text(const HostStatus& status) {
  Exposition exposition;
  add_host(status, exposition);
  add_slow_calls(status, exposition);
  add_jobs(status, exposition);
  add_operators(status, exposition);
  add_splits(status, exposition);
  add_swaps(status, exposition);
  return exposition.text();
}

}  // namespace weir
