#include "job/job_run.h"

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "base/check.h"
#include "base/crash_point.h"
#include "job/state_forms.h"

namespace weir {
namespace {

std::vector<SplitPosition> listed(const std::map<std::string, std::int64_t>& positions) {
  std::vector<SplitPosition> list;
  for (const auto& [split, position] : positions)
    list.push_back({split, position});
  return list;
}

}  // namespace

JobRun::JobRun(JobRunParts parts) : parts_(std::move(parts)) {}
JobRun::~JobRun() = default;

Status JobRun::step() {
  TRY_DO(perform());
  stage_ = static_cast<Stage>(static_cast<int>(stage_) + 1);
  return Done{};
}

Status JobRun::perform() {
  switch (stage_) {
    case Stage::FindPorts: return find_ports();
    case Stage::OpenPorts: return ports_->open(parts_.owner);
    case Stage::ReadImage:
      if (keeps_state_) {
        TRY(image_, parts_.open_image(parts_.spec).during("open the state"));
      }
      WEIR_CRASH_POINT("recovery.opened");
      return Done{};
    case Stage::TakeOver:
      if (ports_->transaction() != nullptr) {
        TRY(outside_, ports_->transaction()->recover().during("take the sinks over"));
      }
      WEIR_CRASH_POINT("recovery.taken-over");
      return Done{};
    case Stage::Settle: return settle();
    case Stage::OpenGraph: return open_graph();
    case Stage::Restore: return restore();
    case Stage::Ready: CHECK(false, "the run is ready");
  }
  return Done{};
}

Status JobRun::find_ports() {
  TRY(ports_, JobPorts::find(parts_.spec, parts_.find_connector));
  keeps_state_ = parts_.open_image && ports_->keeps_state();
  TRY(services_, JobServices::open(parts_.spec.pools, parts_.log, parts_.clock));
  return Done{};
}

Status JobRun::settle() {
  RecoveryFacts facts;
  if (image_ != nullptr) {
    facts.image = image_->epoch();
    facts.prepared = image_->prepared();
    facts.prepared_by = image_->prepared_by();
    facts.is_restored = image_->is_restored();
  }
  facts.may_start_empty = parts_.spec.may_start_empty;
  facts.is_transactional = ports_->transaction() != nullptr;
  facts.published = outside_.epoch;
  facts.published_by = outside_.committed_by;
  TRY(decision_, decide_recovery(facts));
  if (image_ != nullptr && !decision_.warning.empty()) {
    parts_.log.warning("{}", decision_.warning);
  }
  if (decision_.prepared == PreparedFate::Commit) {
    TRY_DO(image_->commit().during("commit the prepared state"));
  } else if (decision_.prepared == PreparedFate::RollBack) {
    TRY_DO(image_->roll_back().during("roll back the prepared state"));
  }
  WEIR_CRASH_POINT("recovery.settled");
  if (ports_->transaction() != nullptr) {
    TRY_DO(ports_->transaction()->claim().during("take the sinks over"));
  }
  WEIR_CRASH_POINT("recovery.claimed");
  std::vector<SourcePositions> known;
  if (decision_.positions == PositionsFrom::Outside) known = outside_.positions;
  if (decision_.positions == PositionsFrom::Image) {
    TRY(known, image_->positions().during("read the positions"));
  }
  positions_.resize(parts_.spec.sources.size());
  for (const SourcePositions& source : known) {
    for (std::size_t i = 0; i < parts_.spec.sources.size(); ++i) {
      if (parts_.spec.sources[i].uid != source.source) continue;
      for (const SplitPosition& position : source.positions)
        positions_[i][position.split] = position.position;
    }
  }
  return Done{};
}

Status JobRun::open_graph() {
  std::vector<std::vector<SplitPosition>> positions;
  for (std::size_t i = 0; i < positions_.size(); ++i) {
    TRY(const auto gone, ports_->gone(i, listed(positions_[i])));
    for (const std::string& split : gone)
      positions_[i].erase(split);
    positions.push_back(listed(positions_[i]));
  }
  OpenState open_state;
  if (image_ != nullptr) {
    open_state = describe_state();
  }
  TRY(auto code, make_code(parts_.spec, parts_.code));
  TRY(graph_,
      JobGraph::open({.spec = parts_.spec,
                      .code = std::move(code),
                      .ports = *ports_,
                      .workers = parts_.workers,
                      .reports = parts_.reports,
                      .clock = parts_.clock,
                      .sites = parts_.sites,
                      .suspects = parts_.suspects,
                      .open_state = std::move(open_state)},
                     positions));
  return Done{};
}

OpenState JobRun::describe_state() {
  const JobDescription& job = parts_.code->description();
  for (std::size_t i = 0; i < job.operators.size(); ++i) {
    const OperatorDescription& each = job.operators[i];
    const auto form = state_form_of(job, each);
    if (!form) continue;
    image_->describe(each.uid, encode_form(*form));
    if (form->kind == StateForm::Kind::Splits) continue;
    NeededState needed{.form = *form, .initial = {}};
    if (each.state) {
      needed.initial = each.state->initial;
      needed.migrations = each.state->migrations;
      needed.functions = parts_.code->migrations(i);
    }
    needed_.insert_or_assign(each.uid, std::move(needed));
  }
  return [this](std::string_view uid) {
    auto stored = image_->reader(uid);
    const auto needed = needed_.find(uid);
    if (needed == needed_.end()) return stored;
    return read_state_as(needed->second, std::move(stored), converted_);
  };
}

Result<std::unique_ptr<RunningCode>> JobRun::make_code(const JobSpec& spec,
                                                       std::shared_ptr<const JobCode> code) {
  return RunningCode::construct({.spec = spec,
                                 .code = std::move(code),
                                 .services = services_,
                                 .workers = parts_.workers.size(),
                                 .sites = parts_.sites});
}

Status JobRun::construct(const JobSpec& spec, std::shared_ptr<const JobCode> code) {
  CHECK(stage_ == Stage::Ready && next_code_ == nullptr);
  TRY(next_code_, make_code(spec, std::move(code)));
  WEIR_CRASH_POINT("swap.constructed");
  return Done{};
}

void JobRun::exchange_code() {
  CHECK(next_code_ != nullptr && old_code_ == nullptr);
  parts_.code = next_code_->shared_code();
  old_code_ = graph_->exchange_code(std::move(next_code_));
}

void JobRun::release_code() {
  next_code_.reset();
  old_code_.reset();
}

Status JobRun::restore() {
  TRY_DO(graph_->make_tasks());
  WEIR_CRASH_POINT("recovery.restored");
  epochs_ = EpochCoordinator(graph_->task_count(), decision_.epoch);
  committer_ = EpochCommitter({.image = image_.get(), .transaction = ports_->transaction()});
  return Done{};
}

EpochDelta JobRun::delta_of(ClosedEpoch closed) {
  for (std::size_t task = 0; task < closed.splits.size(); ++task) {
    const auto source = graph_->source_of(TaskId(static_cast<std::uint32_t>(task)));
    if (!source) continue;
    for (const SplitReport& split : closed.splits[task])
      positions_[*source][split.position.split] = split.position.position;
  }
  EpochDelta delta{.epoch = closed.number,
                   .owner = parts_.owner.name,
                   .positions = {},
                   .operators = std::move(closed.deltas)};
  for (std::size_t i = 0; i < positions_.size(); ++i)
    delta.positions.push_back({parts_.spec.sources[i].uid, listed(positions_[i])});
  return delta;
}

}  // namespace weir
