#include "job/operator_factory.h"

#include <utility>

#include "base/format.h"
#include "operators/stateless_operators.h"
#include "operators/window_aggregate.h"
#include "operators/window_rows.h"

namespace weir {
namespace {

// Whether the functions that the kind needs are there.
bool has_functions(OperatorKind kind, const weir_functions* functions) {
  if (kind == OperatorKind::Union) return true;
  if (functions == nullptr) return false;
  switch (kind) {
    case OperatorKind::Filter: return functions->filter != nullptr;
    case OperatorKind::Map: return functions->map != nullptr;
    case OperatorKind::KeyBy: return functions->key != nullptr;
    case OperatorKind::WindowAggregate:
      return functions->add != nullptr && functions->fire != nullptr;
    case OperatorKind::WindowRows:
    case OperatorKind::CoGroup: return functions->fire != nullptr;
    case OperatorKind::Source:
    case OperatorKind::Union:
    case OperatorKind::Sink: return true;
  }
  return false;
}

Result<std::unique_ptr<Operator>> make_aggregate(const OperatorPlace& place) {
  const OperatorDescription& description = place.description;
  if (!description.window || !description.state) {
    return Error(ErrorKind::Invalid, "has no window or no state");
  }
  return make_window_aggregate({.window = *description.window,
                                .groups = place.groups,
                                .state = *description.state,
                                .output_size = description.output->size,
                                .functions = place.functions,
                                .is_durable = place.is_durable,
                                .key = place.key});
}

Result<std::unique_ptr<Operator>> make_rows(const OperatorPlace& place) {
  const OperatorDescription& description = place.description;
  if (!description.window) return Error(ErrorKind::Invalid, "has no window");
  std::vector<std::shared_ptr<const RecordSchema>> inputs;
  for (const RecordSchema* input : place.inputs) {
    inputs.emplace_back(std::shared_ptr<const void>(), input);  // Owned by the description.
  }
  return make_window_rows({.window = *description.window,
                           .groups = place.groups,
                           .inputs = std::move(inputs),
                           .output_size = description.output->size,
                           .functions = place.functions,
                           .is_durable = place.is_durable,
                           .key = place.key});
}

Result<std::unique_ptr<Operator>> make(const OperatorPlace& place) {
  const OperatorDescription& description = place.description;
  if (!has_functions(description.kind, place.functions)) {
    return Error(ErrorKind::Plugin, "a function is missing");
  }
  switch (description.kind) {
    case OperatorKind::Filter: return std::make_unique<FilterOperator>(*place.functions);
    case OperatorKind::Map:
      return std::make_unique<MapOperator>(*place.functions, description.output->size);
    case OperatorKind::KeyBy: return std::make_unique<KeyByOperator>(*place.functions);
    case OperatorKind::Union: return std::make_unique<UnionOperator>();
    case OperatorKind::WindowAggregate: return make_aggregate(place);
    case OperatorKind::WindowRows:
    case OperatorKind::CoGroup: return make_rows(place);
    case OperatorKind::Source:
    case OperatorKind::Sink: break;
  }
  return Error(ErrorKind::Invalid, format("kind {} runs nowhere", name_of(description.kind)));
}

}  // namespace

Result<std::unique_ptr<Operator>> make_operator(const OperatorPlace& place) {
  return make(place).during("operator " + place.description.uid);
}

}  // namespace weir
