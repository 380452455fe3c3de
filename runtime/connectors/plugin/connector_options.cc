#include "connectors/plugin/connector_options.h"

namespace weir {
namespace {

OptionType option_type(FieldType type) {
  switch (type) {
    case FieldType::Bool: return OptionType::Boolean;
    case FieldType::I64: return OptionType::Integer;
    case FieldType::F64: return OptionType::Number;
    case FieldType::Duration: return OptionType::Duration;
    default: return OptionType::Text;
  }
}

}  // namespace

std::vector<OptionSpec> options_of(const ConnectorDescription& connector) {
  std::vector<OptionSpec> options;
  for (const Parameter& parameter : connector.parameters) {
    options.push_back({.name = parameter.name,
                       .type = option_type(parameter.type),
                       .is_required = false,
                       .doc = parameter.doc,
                       .allowed = {}});
  }
  return options;
}

}  // namespace weir
