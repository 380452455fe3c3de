#include "config/parameter_section.h"

#include <optional>
#include <utility>

#include "model/schema.h"

namespace weir {
namespace {

std::optional<ParameterValue> read_value(TableReader& reader,
                                         const Parameter& parameter,
                                         LoadContext& context) {
  const auto as_value = [](auto value) -> std::optional<ParameterValue> {
    if (!value) return std::nullopt;
    return ParameterValue(std::move(*value));
  };
  switch (parameter.type) {
    case FieldType::Bool: return as_value(reader.boolean(parameter.name));
    case FieldType::I64: return as_value(reader.integer(parameter.name));
    case FieldType::F64: return as_value(reader.number(parameter.name));
    case FieldType::Duration: {
      const auto duration = reader.duration(parameter.name);
      if (!duration) return std::nullopt;
      return ParameterValue(std::int64_t{duration->count()});
    }
    default: break;
  }
  const auto written = reader.text(parameter.name);
  if (!written) return std::nullopt;
  return as_value(resolve_secrets(*written, parameter.name, reader, context));
}

}  // namespace

std::vector<ParameterValue> read_parameters(TableReader& job,
                                            const std::vector<Parameter>& parameters,
                                            LoadContext& context) {
  std::vector<ParameterValue> values;
  for (const Parameter& parameter : parameters)
    values.push_back(parameter.default_value);
  const TomlEntry* entry = job.table("params");
  if (!entry) return values;

  TableReader reader(table_of(*entry), entry->position, job.path_of("params"), context.mistakes);
  for (std::size_t i = 0; i < parameters.size(); ++i) {
    if (!reader.any(parameters[i].name)) continue;
    auto value = read_value(reader, parameters[i], context);
    if (value) values[i] = std::move(*value);
  }
  reader.report_unknown_keys();
  return values;
}

}  // namespace weir
