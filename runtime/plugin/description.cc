#include "plugin/description.h"

#include <algorithm>

namespace weir {

std::string_view name_of(OperatorKind kind) {
  switch (kind) {
    case OperatorKind::Source: return "source";
    case OperatorKind::Filter: return "filter";
    case OperatorKind::Map: return "map";
    case OperatorKind::Union: return "union";
    case OperatorKind::KeyBy: return "key_by";
    case OperatorKind::WindowAggregate: return "window_aggregate";
    case OperatorKind::WindowRows: return "window_rows";
    case OperatorKind::CoGroup: return "cogroup";
    case OperatorKind::Sink: return "sink";
  }
  return "unknown";
}

const OperatorDescription* JobDescription::find(std::string_view uid) const {
  const auto found = std::ranges::find(operators, uid, &OperatorDescription::uid);
  return found == operators.end() ? nullptr : &*found;
}

// By the nearest key_by in front of it; inputs of one operator are keyed alike.
KeySchema JobDescription::key_of(const OperatorDescription& taker) const {
  const OperatorDescription* before = &taker;
  while (!before->key && !before->inputs.empty())
    before = &operators[before->inputs.front()];
  return before->key.value_or(KeySchema{});
}

const JobDescription* PluginDescription::find_job(std::string_view job_name) const {
  const auto found = std::ranges::find(jobs, job_name, &JobDescription::name);
  return found == jobs.end() ? nullptr : &*found;
}

}  // namespace weir
