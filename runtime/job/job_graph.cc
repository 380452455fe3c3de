#include "job/job_graph.h"

#include <algorithm>
#include <utility>

#include "base/check.h"
#include "base/format.h"
#include "flow/router.h"
#include "format/format.h"
#include "job/operator_factory.h"
#include "operators/sink_outlet.h"
#include "operators/stage_task.h"

namespace weir {
namespace {

constexpr std::uint32_t kKeyGroups = kKeyGroupsDefault;

// The place in the entry of the port with that uid.
template <class Spec>
Result<std::size_t> port_index(const std::vector<Spec>& specs, const std::string& uid) {
  const auto found =
      std::find_if(specs.begin(), specs.end(), [&](const Spec& spec) { return spec.uid == uid; });
  if (found == specs.end()) return Error(ErrorKind::Invalid, "port is not connected: " + uid);
  return static_cast<std::size_t>(found - specs.begin());
}

BadRows bad_rows_of(OnError on_error) {
  switch (on_error) {
    case OnError::DeadLetter: return BadRows::SetAside;
    case OnError::Skip: return BadRows::Skip;
    case OnError::Stop: return BadRows::Stop;
  }
  return BadRows::SetAside;
}

SplitWatermarks::Options watermarks_of(const SourceSpec& spec, const EventTimeSpec& declared) {
  return {
      .out_of_order = spec.out_of_order.value_or(std::chrono::milliseconds(declared.out_of_order)),
      .idle_after = spec.idle_after};
}

}  // namespace

JobGraph::JobGraph(JobGraphParts parts)
    : parts_(std::move(parts)), description_(parts_.code->code().description()) {}

Result<std::unique_ptr<JobGraph>> JobGraph::open(
    JobGraphParts parts, std::span<const std::vector<SplitPosition>> positions) {
  std::unique_ptr<JobGraph> graph(new JobGraph(std::move(parts)));
  TRY_DO(graph->open_all(positions));
  return graph;
}

Status JobGraph::open_all(std::span<const std::vector<SplitPosition>> positions) {
  TRY(plan_, make_plan(description()));
  has_sides_ = parts_.ports.has_sides();
  TRY_DO(open_ports(positions));
  find_idle_tasks();
  const std::size_t operators = description().operators.size();
  for (std::size_t i = 0; i < operators; ++i)
    gaps_.push_back(std::make_unique<GapMeter>(parts_.clock));
  for (std::size_t i = 0; i < operators * worker_count(); ++i) {
    operator_meters_.push_back(std::make_unique<OperatorMeter>());
  }
  for (std::size_t i = 0; i < tasks_per_worker() * worker_count(); ++i) {
    task_meters_.push_back(std::make_unique<TaskMeter>());
  }
  make_channels();
  return Done{};
}

Status JobGraph::make_tasks() {
  tasks_.resize(worker_count());
  for (std::size_t worker = 0; worker < worker_count(); ++worker)
    TRY_DO(make_tasks(worker));
  return Done{};
}

Status JobGraph::open_ports(std::span<const std::vector<SplitPosition>> positions) {
  for (std::size_t i = 0; i < parts_.spec.sources.size(); ++i) {
    TRY(auto readers, parts_.ports.open_readers(i, worker_count(), positions[i]));
    readers_.push_back(std::move(readers));
  }
  for (std::size_t i = 0; i < parts_.spec.sinks.size(); ++i) {
    TRY(auto writers, parts_.ports.open_writers(i, worker_count()));
    writers_.push_back(std::move(writers));
  }
  TRY(auto sides, parts_.ports.open_sides(worker_count()));
  SideStreams::Options options{.job = parts_.spec.name,
                               .bad_rows = bad_rows_of(parts_.spec.on_error)};
  for (const SideSpec& side : parts_.spec.sides) {
    if (side.stream == name_of(SideStream::Timing)) options.slower_than = side.slower_than;
    if (side.stream == name_of(SideStream::Errors)) options.value_bytes_max = side.value_bytes_max;
  }
  for (std::size_t i = 0; i < kSideStreams; ++i) {
    options.is_transactional[i] = parts_.ports.is_transactional(static_cast<SideStream>(i));
  }
  for (SideStreams::Writers& writers : sides) {
    sides_.push_back(std::make_unique<SideStreams>(options, std::move(writers)));
  }
  return Done{};
}

std::uint64_t JobGraph::bytes_read() const {
  std::uint64_t sum = 0;
  for (const auto& meter : operator_meters_)
    sum += meter->bytes_in.value();
  return sum;
}

void JobGraph::begin_gaps(const std::map<std::string, GapMeter::Reading>& before) {
  for (std::size_t i = 0; i < gaps_.size(); ++i) {
    const auto known = before.find(description().operators[i].uid);
    gaps_[i]->begin(known == before.end() ? GapMeter::Reading{} : known->second);
  }
}

std::vector<JobGraph::Gap> JobGraph::end_gaps() {
  std::vector<Gap> gaps;
  for (std::size_t i = 0; i < gaps_.size(); ++i) {
    const OperatorDescription& each = description().operators[i];
    const GapMeter::Reading reading = gaps_[i]->end();
    const bool is_port = each.kind == OperatorKind::Source || each.kind == OperatorKind::Sink;
    if (is_port) gaps.push_back({each.uid, each.kind, reading});
  }
  return gaps;
}

JobCounts JobGraph::counts() const {
  JobCounts counts;
  for (std::size_t worker = 0; worker < worker_count(); ++worker) {
    for (std::size_t i = 0; i < description().operators.size(); ++i) {
      const OperatorMeter& meter = operator_meter(worker, i);
      const OperatorKind kind = description().operators[i].kind;
      if (kind == OperatorKind::Source) counts.records += meter.rows_in.value();
      if (kind == OperatorKind::Sink) counts.rows += meter.rows_in.value();
      counts.bad += meter.errors.value() + meter.rejected.value();
    }
  }
  return counts;
}

void JobGraph::make_channels() {
  const std::size_t count = worker_count();
  for (const StagePlan& stage : plan_.stages) {
    std::vector<Edge>& edges = edges_.emplace_back();
    for (const StageInput& input : stage.inputs) {
      Edge& made = edges.emplace_back();
      const bool is_keyed = input.kind == EdgeKind::Keyed;
      for (std::size_t i = 0; i < (is_keyed ? count * count : count); ++i) {
        made.channels.push_back(std::make_unique<Channel>());
        if (!is_keyed || i / count == i % count) continue;
        made.channels.back()->set_wakers(&parts_.workers[i / count]->parker(),
                                         &parts_.workers[i % count]->parker());
      }
    }
  }
}

Status JobGraph::make_tasks(std::size_t worker) {
  sides_tasks_.push_back(nullptr);
  std::unique_ptr<SidesTask> sides_task;
  if (has_sides_) {
    const std::size_t stages = plan_.stages.size();
    sides_task = std::make_unique<SidesTask>(
        task_at(worker, stages), stages, *sides_[worker], parts_.reports);
    sides_tasks_.back() = sides_task.get();
  }
  for (std::size_t stage = 0; stage < plan_.stages.size(); ++stage) {
    TRY_DO(make_stage(worker, stage));
  }
  if (sides_task != nullptr) tasks_[worker].push_back(std::move(sides_task));
  return Done{};
}

Status JobGraph::make_stage(std::size_t worker, std::size_t stage) {
  const StagePlan& planned = plan_.stages[stage];
  const bool is_source = planned.inputs.empty();
  const std::span<const std::size_t> operators = planned.operators;
  TRY(auto steps, make_steps(worker, is_source ? operators.subspan(1) : operators));
  TRY(auto outlets, make_outlets(worker, stage));
  if (is_source) {
    TRY(auto task, make_source(worker, stage, std::move(steps), std::move(outlets)));
    tasks_[worker].push_back(std::move(task));
    return Done{};
  }
  auto chain = std::make_unique<Chain>(
      std::move(steps), std::move(outlets), *sides_[worker], parts_.workers[worker]->marker());
  auto task = std::make_unique<StageTask>(
      context_of(worker, stage), inputs_of(worker, stage), std::move(chain));
  if (parts_.open_state) TRY_DO(task->restore(parts_.open_state));
  tasks_[worker].push_back(std::move(task));
  return Done{};
}

Result<std::vector<ChainStep>> JobGraph::make_steps(std::size_t worker,
                                                    std::span<const std::size_t> which) {
  std::vector<ChainStep> steps;
  for (const std::size_t index : which) {
    const OperatorDescription& operator_description = description().operators[index];
    const OperatorPlace place{.description = operator_description,
                              .functions = parts_.code->functions(worker, index),
                              .inputs = input_schemas(index),
                              .key = description().key_of(operator_description),
                              .groups = key_groups_of(static_cast<std::uint32_t>(worker),
                                                      kKeyGroups,
                                                      static_cast<std::uint32_t>(worker_count())),
                              .is_durable = static_cast<bool>(parts_.open_state)};
    ChainStep step;
    TRY(step.body, make_operator(place));
    step.uid = operator_description.uid;
    step.inputs = place.inputs;
    step.meter = &meter(worker, index);
    step.site = parts_.code->site(index);
    steps.push_back(std::move(step));
  }
  return steps;
}

Result<std::unique_ptr<Task>> JobGraph::make_source(std::size_t worker,
                                                    std::size_t stage,
                                                    std::vector<ChainStep> steps,
                                                    std::vector<std::unique_ptr<Outlet>> outlets) {
  const std::size_t index = plan_.stages[stage].operators.front();
  const OperatorDescription& source = description().operators[index];
  if (!source.event_time)
    return Error(ErrorKind::Invalid, "source has no event time: " + source.uid);
  TRY(const std::size_t port, port_index(parts_.spec.sources, source.uid));
  const SourceSpec& spec = parts_.spec.sources[port];
  TRY(const auto message_fields,
      MessageFields::of(*source.output, spec.key_field, spec.header_fields)
          .during("source " + source.uid));
  SourceTask::Parts made{.uid = source.uid,
                         .reader = std::move(readers_[port][worker]),
                         .message_fields = message_fields,
                         .decoder = make_json_decoder(message_fields.rest()),
                         .schema = *source.output,
                         .meter = meter(worker, index),
                         .requests = requests_,
                         .time_offset = source.event_time->field_offset,
                         .unnatural_after = spec.unnatural_after,
                         .watermark_every = spec.watermark_every,
                         .watermarks = watermarks_of(spec, *source.event_time),
                         .site = parts_.code->site(index),
                         .gaps = gaps_[index].get(),
                         .suspects = parts_.suspects};
  auto task = std::make_unique<SourceTask>(context_of(worker, stage),
                                           std::move(made),
                                           std::move(steps),
                                           plan_.stages[stage].leading_filters,
                                           std::move(outlets));
  if (parts_.open_state) TRY_DO(task->restore(parts_.open_state));
  return task;
}

Result<std::vector<std::unique_ptr<Outlet>>> JobGraph::make_outlets(std::size_t worker,
                                                                    std::size_t stage) {
  std::vector<std::unique_ptr<Outlet>> outlets;
  for (const Plan::Use& use : plan_.uses_of(stage)) {
    const StageInput& input = plan_.stages[use.stage].inputs[use.input];
    Edge& used = edge(use.stage, use.input);
    if (input.kind == EdgeKind::Forward || worker_count() == 1) {
      outlets.push_back(std::make_unique<ForwardOutlet>(channel(input, used, worker, worker)));
      continue;
    }
    std::vector<Channel*> channels;
    for (std::size_t to = 0; to < worker_count(); ++to) {
      channels.push_back(&channel(input, used, worker, to));
    }
    outlets.push_back(std::make_unique<KeyedOutlet>(channels, kKeyGroups));
  }
  for (const std::size_t sink : plan_.stages[stage].sinks) {
    TRY(auto outlet, make_sink(worker, sink));
    outlets.push_back(std::move(outlet));
  }
  return outlets;
}

Result<std::unique_ptr<Outlet>> JobGraph::make_sink(std::size_t worker, std::size_t index) {
  const OperatorDescription& sink = description().operators[index];
  const RecordSchema& schema = *description().operators[sink.inputs.front()].output;
  TRY(const std::size_t port, port_index(parts_.spec.sinks, sink.uid));
  const SinkSpec& spec = parts_.spec.sinks[port];
  TRY(auto key, MessageKey::of(schema, spec.key).during("sink " + sink.uid));
  std::vector<MessageHeader> headers;
  for (const auto& [field, header] : spec.header_fields) {
    TRY(auto value, MessageKey::of(schema, {field}).during("sink " + sink.uid));
    headers.push_back({header, std::move(value)});
  }
  return std::make_unique<SinkOutlet>(
      SinkOutlet::Parts{.uid = sink.uid,
                        .writer = std::move(writers_[port][worker]),
                        .encoder = make_json_encoder(schema),
                        .key = std::move(key),
                        .headers = std::move(headers),
                        .meter = &meter(worker, index),
                        .is_transactional = parts_.ports.is_transactional(port),
                        .gaps = gaps_[index].get()});
}

std::vector<StageTask::Input> JobGraph::inputs_of(std::size_t worker, std::size_t stage) {
  std::vector<StageTask::Input> inputs;
  const StagePlan& planned = plan_.stages[stage];
  for (std::size_t i = 0; i < planned.inputs.size(); ++i) {
    const StageInput& input = planned.inputs[i];
    if (input.kind == EdgeKind::Forward) {
      inputs.push_back({.channel = &channel(input, edge(stage, i), worker, worker),
                        .port = input.port,
                        .is_idle = is_idle_[input.stage][worker]});
      continue;
    }
    for (std::size_t from = 0; from < worker_count(); ++from) {
      inputs.push_back({.channel = &channel(input, edge(stage, i), from, worker),
                        .port = input.port,
                        .is_idle = is_idle_[input.stage][from]});
    }
  }
  return inputs;
}

void JobGraph::find_idle_tasks() {
  for (const StagePlan& planned : plan_.stages) {
    std::vector<bool> idle(worker_count(), true);
    for (const StageInput& input : planned.inputs) {
      const std::vector<bool>& fed_by = is_idle_[input.stage];
      const bool is_all = std::ranges::find(fed_by, false) == fed_by.end();
      for (std::size_t worker = 0; worker < worker_count(); ++worker) {
        idle[worker] = idle[worker] && (input.kind == EdgeKind::Keyed ? is_all : fed_by[worker]);
      }
    }
    if (planned.inputs.empty()) {
      const auto& uid = description().operators[planned.operators.front()].uid;
      const auto port = port_index(parts_.spec.sources, uid);
      for (std::size_t worker = 0; port && worker < worker_count(); ++worker) {
        const SourceReader& reader = *readers_[*port][worker];
        idle[worker] = reader.knows_splits() && reader.splits().empty();
      }
    }
    is_idle_.push_back(std::move(idle));
  }
}

Channel& JobGraph::channel(const StageInput& input,
                           Edge& edge,
                           std::size_t from,
                           std::size_t to) const {
  if (input.kind == EdgeKind::Forward) return *edge.channels[from];
  return *edge.channels[from * worker_count() + to];
}

TaskContext JobGraph::context_of(std::size_t worker, std::size_t stage) {
  const TaskId id = task_at(worker, stage);
  return {.id = id,
          .reports = parts_.reports,
          .sides = *sides_[worker],
          .sides_task = sides_tasks_[worker],
          .side_slot = stage,
          .meter = *task_meters_[id.value()],
          .clock = parts_.clock,
          .marker = parts_.workers[worker]->marker(),
          .sites = parts_.sites,
          .is_durable = static_cast<bool>(parts_.open_state),
          .worker = worker};
}

std::vector<const RecordSchema*> JobGraph::input_schemas(std::size_t index) const {
  std::vector<const RecordSchema*> schemas;
  for (const std::size_t input : description().operators[index].inputs) {
    schemas.push_back(description().operators[input].output.get());
  }
  return schemas;
}

TaskId JobGraph::task_at(std::size_t worker, std::size_t stage) const {
  return TaskId(static_cast<std::uint32_t>(worker * tasks_per_worker() + stage));
}

JobGraph::Place JobGraph::place_of(TaskId task) const {
  const std::size_t place = task.value() % tasks_per_worker();
  Place found{.worker = task.value() / tasks_per_worker(), .stage = std::nullopt};
  if (place < plan_.stages.size()) found.stage = place;
  return found;
}

std::optional<std::size_t> JobGraph::source_of(TaskId task) const {
  const auto stage = place_of(task).stage;
  if (!stage || !plan_.stages[*stage].inputs.empty()) return std::nullopt;
  const auto& uid = description().operators[plan_.stages[*stage].operators.front()].uid;
  return *port_index(parts_.spec.sources, uid);
}

// In the order of inputs_of().
TaskId JobGraph::feeder_of(std::size_t worker, std::size_t stage, std::size_t input) const {
  for (const StageInput& each : plan_.stages[stage].inputs) {
    const std::size_t channels = each.kind == EdgeKind::Keyed ? worker_count() : 1;
    if (input < channels) {
      return task_at(each.kind == EdgeKind::Keyed ? input : worker, each.stage);
    }
    input -= channels;
  }
  CHECK(false, "no such input");
}

}  // namespace weir
