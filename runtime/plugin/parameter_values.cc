#include "plugin/parameter_values.h"

#include "base/format.h"

namespace weir {
namespace {

bool has_type(const ParameterValue& value, FieldType type) {
  switch (type) {
    case FieldType::Bool: return std::holds_alternative<bool>(value);
    case FieldType::I64:
    case FieldType::Duration: return std::holds_alternative<std::int64_t>(value);
    case FieldType::F64: return std::holds_alternative<double>(value);
    case FieldType::Text: return std::holds_alternative<std::string>(value);
    default: return false;
  }
}

weir_value table_of(const ParameterValue& value, FieldType type) {
  weir_value table{};
  table.type = static_cast<std::uint32_t>(type);
  if (const auto* truth = std::get_if<bool>(&value)) table.integer = *truth ? 1 : 0;
  if (const auto* integer = std::get_if<std::int64_t>(&value)) table.integer = *integer;
  if (const auto* number = std::get_if<double>(&value)) table.number = *number;
  if (const auto* text = std::get_if<std::string>(&value))
    table.text = {text->data(), text->size()};
  return table;
}

}  // namespace

Result<std::vector<weir_value>> value_tables(std::span<const Parameter> parameters,
                                             std::span<const ParameterValue> values) {
  if (values.size() != parameters.size()) {
    return Error(ErrorKind::Invalid,
                 format("{} values for {} parameters", values.size(), parameters.size()));
  }
  std::vector<weir_value> tables;
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (!has_type(values[i], parameters[i].type)) {
      return Error(ErrorKind::Invalid,
                   format("the value of parameter {} is not a {}",
                          parameters[i].name,
                          name_of(parameters[i].type)));
    }
    tables.push_back(table_of(values[i], parameters[i].type));
  }
  return tables;
}

}  // namespace weir
