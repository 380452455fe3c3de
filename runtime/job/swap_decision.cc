#include "job/swap_decision.h"

#include <algorithm>
#include <optional>
#include <span>

#include "base/format.h"
#include "job/same_settings.h"
#include "job/state_forms.h"
#include "state/record_conversion.h"

namespace weir {
namespace {

Error refusal(const std::string& uid, std::string_view why) {
  return Error(ErrorKind::Incompatible, format("operator {}: {}", uid, why));
}

bool is_kept(const StateForm& form) {
  return form.kind != StateForm::Kind::Splits;
}

std::optional<StateForm> kept_form_of(const JobDescription& job, const OperatorDescription* each) {
  if (each == nullptr) return std::nullopt;
  auto form = state_form_of(job, *each);
  if (form && !is_kept(*form)) form.reset();
  return form;
}

std::string list_of(std::string_view title, const std::vector<std::string>& fields) {
  std::string text;
  for (const std::string& field : fields)
    text += text.empty() ? format("{}: {}", title, field) : ", " + field;
  return text;
}

std::string detail_of(const RecordConversion& conversion) {
  std::string text;
  for (const std::string& part : {list_of("new", conversion.added()),
                                  list_of("gone", conversion.gone()),
                                  list_of("wider", conversion.widened())}) {
    if (!part.empty()) text += (text.empty() ? "" : "; ") + part;
  }
  return text.empty() ? "fields have moved" : text;
}

// The first thing about an operator that a barrier cannot change, as a clause; empty: nothing.
std::string first_change(const OperatorDescription& old, const OperatorDescription& now) {
  const std::string which = "operator " + old.uid;
  if (old.kind != now.kind) {
    return format("{} was a {} and is a {}", which, name_of(old.kind), name_of(now.kind));
  }
  const bool has_output = old.output != nullptr && now.output != nullptr;
  if (has_output && !has_same_layout(*old.output, *now.output)) {
    return format("{} makes other records", which);
  }
  if (has_output && old.output->alignment != now.output->alignment) {
    return format("{} makes records aligned otherwise", which);
  }
  if (old.state && now.state && old.state->record.alignment != now.state->record.alignment) {
    return format("{} has an accumulator aligned otherwise", which);
  }
  if (old.state && now.state && old.state->version != now.state->version) {
    return format("{} counts its accumulator as version {}", which, now.state->version);
  }
  if (old.window != now.window) return format("{} has other windows", which);
  if (old.state && now.state && old.state->initial != now.state->initial) {
    return format("{} begins with another accumulator", which);
  }
  if (old.event_time && now.event_time &&
      (old.event_time->field_offset != now.event_time->field_offset ||
       old.event_time->out_of_order != now.event_time->out_of_order)) {
    return format("{} has another event time", which);
  }
  return {};
}

class Decider final {
 public:
  Decider(const SwapSide& running, const SwapSide& wanted) : running_(running), wanted_(wanted) {}

  Result<SwapDecision> decide() {
    TRY_DO(check_file());
    TRY_DO(decide_states());
    SwapDecision decision{.kind = SwapKind::Restart, .reason = reason(), .states = states_};
    if (!decision.reason.empty()) return decision;
    const bool is_same_code =
        running_.version == wanted_.version && running_.build_id == wanted_.build_id &&
        running_.spec.plugin_path == wanted_.spec.plugin_path &&
        running_.spec.plugin == wanted_.spec.plugin && running_.spec.type == wanted_.spec.type;
    decision.kind = SwapKind::Swap;
    if (is_same_code) {
      const bool is_same = running_.spec.parameters == wanted_.spec.parameters;
      decision.kind = is_same ? SwapKind::Nothing : SwapKind::Parameters;
    }
    return decision;
  }

 private:
  // The loader goes by the path: it would give the old code again.
  Status check_file() const {
    if (running_.spec.plugin_path != wanted_.spec.plugin_path ||
        running_.build_id == wanted_.build_id) {
      return Done{};
    }
    return Error(ErrorKind::Incompatible,
                 format("{} was changed while its code ran (build {}, now {}): new code needs a "
                        "file of its own",
                        wanted_.spec.plugin_path.string(),
                        running_.build_id,
                        wanted_.build_id));
  }

  Status decide_states() {
    const JobDescription& now = wanted_.description;
    for (const OperatorDescription& each : now.operators)
      TRY_DO(decide_state(each));
    for (const OperatorDescription& old : running_.description.operators) {
      if (!kept_form_of(running_.description, &old)) continue;
      if (!kept_form_of(now, now.find(old.uid))) {
        return refusal(old.uid, "it keeps state, and the new code has no such operator");
      }
    }
    return Done{};
  }

  Status decide_state(const OperatorDescription& now) {
    const auto needed = kept_form_of(wanted_.description, &now);
    if (!needed) return Done{};
    const OperatorDescription* old = running_.description.find(now.uid);
    const auto found = kept_form_of(running_.description, old);
    StateStep step{.uid = now.uid};
    if (!found) {
      step.fate = StateFate::Begin;
    } else {
      std::span<const StateMigration> migrations;
      if (now.state) migrations = now.state->migrations;
      auto change = change_of_form(*found, *needed, migrations);
      if (!change) return refusal(now.uid, change.error().message());
      for (const RecordChange& each : *change)
        add(each, now, step);
    }
    states_.push_back(std::move(step));
    return Done{};
  }

  static void add(const RecordChange& change, const OperatorDescription& now, StateStep& step) {
    if (change.migration) {
      step.fate = StateFate::Migrate;
      step.detail = format("by the plugin's migration from version {}",
                           now.state->migrations[*change.migration].version);
    } else if (change.conversion) {
      step.fate = StateFate::Read;
      step.detail += (step.detail.empty() ? "" : "; ") + detail_of(*change.conversion);
    }
  }

  // What a barrier cannot change; empty: it can change everything.
  std::string reason() const {
    for (const StateStep& step : states_) {
      if (step.fate == StateFate::Read || step.fate == StateFate::Migrate) {
        return format("the state of operator {} is converted ({})", step.uid, step.detail);
      }
    }
    std::string graph = graph_change();
    return graph.empty() ? settings_change(running_.spec, wanted_.spec) : graph;
  }

  std::string graph_change() const {
    const auto& old = running_.description.operators;
    const auto& now = wanted_.description.operators;
    for (const OperatorDescription& each : old) {
      const OperatorDescription* same = wanted_.description.find(each.uid);
      if (same == nullptr) return format("operator {} is gone", each.uid);
      std::string change = first_change(each, *same);
      if (!change.empty()) return change;
      if (inputs_of(running_.description, each) != inputs_of(wanted_.description, *same)) {
        return format("operator {} has other inputs", each.uid);
      }
    }
    for (const OperatorDescription& each : now) {
      if (running_.description.find(each.uid) == nullptr) {
        return format("operator {} is new", each.uid);
      }
    }
    return running_.description.pools == wanted_.description.pools ? "" : "it asks for other pools";
  }

  static std::vector<std::string> inputs_of(const JobDescription& job,
                                            const OperatorDescription& each) {
    std::vector<std::string> uids;
    for (const std::size_t input : each.inputs)
      uids.push_back(job.operators[input].uid);
    return uids;
  }

  const SwapSide& running_;
  const SwapSide& wanted_;
  std::vector<StateStep> states_;
};

}  // namespace

std::string_view name_of(SwapKind kind) {
  switch (kind) {
    case SwapKind::Nothing: return "nothing";
    case SwapKind::Parameters: return "parameters";
    case SwapKind::Swap: return "swap";
    case SwapKind::Restart: return "restart";
  }
  return "";
}

std::string_view name_of(StateFate fate) {
  switch (fate) {
    case StateFate::AsIs: return "as is";
    case StateFate::Read: return "read";
    case StateFate::Migrate: return "migrate";
    case StateFate::Begin: return "begin";
  }
  return "";
}

Result<SwapDecision> decide_swap(const SwapSide& running, const SwapSide& wanted) {
  return Decider(running, wanted).decide();
}

}  // namespace weir
