#include "job/plan.h"

#include <optional>

#include "base/format.h"

namespace weir {
namespace {

class Planner final {
 public:
  explicit Planner(const JobDescription& job)
      : job_(job), users_(job.operators.size(), 0), stage_of_(job.operators.size()) {}

  Result<Plan> run() {
    for (const OperatorDescription& each : job_.operators) {
      for (const std::size_t input : each.inputs)
        ++users_.at(input);
    }
    for (std::size_t i = 0; i < job_.operators.size(); ++i)
      TRY_DO(place(i));
    for (StagePlan& stage : plan_.stages)
      count_leading_filters(stage);
    return std::move(plan_);
  }

 private:
  Status place(std::size_t index) {
    TRY_DO(check(index));
    const OperatorDescription& placed = job_.operators[index];
    switch (placed.kind) {
      case OperatorKind::Source: open_stage(index); return Done{};
      case OperatorKind::Filter:
      case OperatorKind::Map:
      case OperatorKind::KeyBy: append(index); return Done{};
      case OperatorKind::Union:
        open_stage(index);
        for (const std::size_t input : placed.inputs)
          connect(input, 0, EdgeKind::Forward);
        return Done{};
      case OperatorKind::WindowAggregate:
      case OperatorKind::WindowRows:
      case OperatorKind::CoGroup:
        open_stage(index);
        for (std::size_t port = 0; port < placed.inputs.size(); ++port) {
          connect(placed.inputs[port], port, EdgeKind::Keyed);
        }
        return Done{};
      case OperatorKind::Sink:
        plan_.stages[stage_of_[placed.inputs.front()]].sinks.push_back(index);
        return Done{};
    }
    return wrong(index, "is of an unknown kind");
  }

  Status check(std::size_t index) const {
    const OperatorDescription& checked = job_.operators[index];
    for (const std::size_t input : checked.inputs) {
      if (input >= index) return wrong(index, "uses an operator that comes after it");
      if (job_.operators[input].kind == OperatorKind::Sink) return wrong(index, "uses a sink");
    }
    const std::size_t count = checked.inputs.size();
    switch (checked.kind) {
      case OperatorKind::Source:
        if (count != 0) return wrong(index, "is a source with an input");
        break;
      case OperatorKind::Union:
        if (count < 2) return wrong(index, "is a union of fewer than two");
        break;
      case OperatorKind::CoGroup:
        if (count != 2) return wrong(index, "needs two inputs");
        break;
      default:
        if (count != 1) return wrong(index, "needs one input");
    }
    if (!is_keyed_kind(checked.kind)) return Done{};
    for (const std::size_t input : checked.inputs) {
      if (!is_keyed(input)) return wrong(index, "needs a keyed input");
    }
    return Done{};
  }

  // Keys come from key_by and survive what lets rows through as they are.
  bool is_keyed(std::size_t index) const {
    const OperatorDescription& asked = job_.operators[index];
    if (asked.kind == OperatorKind::KeyBy) return true;
    if (asked.kind != OperatorKind::Filter && asked.kind != OperatorKind::Union) return false;
    for (const std::size_t input : asked.inputs) {
      if (!is_keyed(input)) return false;
    }
    return true;
  }

  Error wrong(std::size_t index, std::string_view what) const {
    return Error(ErrorKind::Invalid, format("operator {} {}", job_.operators[index].uid, what));
  }

  void open_stage(std::size_t index) {
    stage_of_[index] = plan_.stages.size();
    plan_.stages.emplace_back().operators.push_back(index);
  }

  // From the operator `input` into the stage opened last.
  void connect(std::size_t input, std::size_t port, EdgeKind kind) {
    plan_.stages.back().inputs.push_back({stage_of_[input], port, kind});
  }

  // Behind its input in the same stage, if nobody else uses that.
  void append(std::size_t index) {
    const std::size_t input = job_.operators[index].inputs.front();
    if (users_[input] > 1) {
      open_stage(index);
      connect(input, 0, EdgeKind::Forward);
      return;
    }
    stage_of_[index] = stage_of_[input];
    plan_.stages[stage_of_[input]].operators.push_back(index);
  }

  void count_leading_filters(StagePlan& stage) const {
    if (!stage.inputs.empty()) return;
    for (std::size_t i = 1; i < stage.operators.size(); ++i) {
      if (job_.operators[stage.operators[i]].kind != OperatorKind::Filter) return;
      ++stage.leading_filters;
    }
  }

  const JobDescription& job_;
  std::vector<std::size_t> users_;     // How many operators use each.
  std::vector<std::size_t> stage_of_;  // Sinks: nothing.
  Plan plan_;
};

}  // namespace

bool is_keyed_kind(OperatorKind kind) {
  return kind == OperatorKind::WindowAggregate || kind == OperatorKind::WindowRows ||
         kind == OperatorKind::CoGroup;
}

std::vector<Plan::Use> Plan::uses_of(std::size_t stage) const {
  std::vector<Use> uses;
  for (std::size_t user = stage + 1; user < stages.size(); ++user) {
    for (std::size_t input = 0; input < stages[user].inputs.size(); ++input) {
      if (stages[user].inputs[input].stage == stage) uses.push_back({user, input});
    }
  }
  return uses;
}

Result<Plan> make_plan(const JobDescription& job) {
  return Planner(job).run();
}

}  // namespace weir
