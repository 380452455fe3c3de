#include "plugin_text.h"

#include <type_traits>

#include <boost/json.hpp>

#include "base/format.h"
#include "config/quantity.h"

namespace weir {
namespace {

namespace json = boost::json;

std::string duration(std::int64_t milliseconds) {
  return duration_text(std::chrono::milliseconds(milliseconds));
}

std::string window_text(const WindowSpec& window) {
  std::string text = window.size == window.slide
                         ? format("{} tumbling", duration(window.size))
                         : format("{} every {}", duration(window.size), duration(window.slide));
  if (window.offset != 0) text += format(", offset {}", duration(window.offset));
  if (window.allowed_lateness != 0)
    text += format(", late by {}", duration(window.allowed_lateness));
  return text;
}

json::value value_json(const Parameter& parameter) {
  return std::visit([](const auto& value) { return json::value(value); }, parameter.default_value);
}

json::array parameters_json(const std::vector<Parameter>& parameters) {
  json::array list;
  for (const Parameter& parameter : parameters) {
    list.push_back({{"name", parameter.name},
                    {"type", name_of(parameter.type)},
                    {"default", value_json(parameter)},
                    {"doc", parameter.doc}});
  }
  return list;
}

json::object record_object(const RecordSchema& record) {
  json::array fields;
  for (const Field& field : record.fields) {
    json::object object = {{"name", field.name},
                           {"type", name_of(field.type)},
                           {"optional", field.is_optional()},
                           {"unit", field.unit},
                           {"doc", field.doc}};
    if (!field.enumerators.empty()) {
      json::array names;
      for (const Enumerator& enumerator : field.enumerators)
        names.push_back(json::value(enumerator.name));
      object["values"] = std::move(names);
    }
    if (field.record) object["record"] = record_object(*field.record);
    fields.push_back(std::move(object));
  }
  return {{"name", record.name}, {"doc", record.doc}, {"fields", fields}};
}

json::object operator_json(const JobDescription& job, const OperatorDescription& op) {
  json::array inputs;
  for (const std::size_t input : op.inputs)
    inputs.push_back(json::value(job.operators.at(input).uid));
  json::object object = {
      {"uid", op.uid}, {"kind", name_of(op.kind)}, {"doc", op.doc}, {"inputs", inputs}};
  if (op.output) object["record"] = record_object(*op.output);
  if (op.window) {
    object["window"] = {{"size_ms", op.window->size},
                        {"slide_ms", op.window->slide},
                        {"offset_ms", op.window->offset},
                        {"allowed_lateness_ms", op.window->allowed_lateness}};
  }
  if (op.event_time) object["out_of_order_ms"] = op.event_time->out_of_order;
  if (op.key) {
    json::array fields;
    for (const KeyField& field : op.key->fields) {
      fields.push_back({{"name", field.name}, {"type", name_of(field.type)}});
    }
    object["key"] = std::move(fields);
  }
  if (op.state) {
    json::array migrations;
    for (const StateMigration& migration : op.state->migrations)
      migrations.push_back(json::value(migration.version));
    object["state"] = {{"version", op.state->version},
                       {"migrates_versions", migrations},
                       {"record", record_object(op.state->record)}};
  }
  return object;
}

json::array connectors_json(const std::vector<ConnectorDescription>& connectors) {
  json::array list;
  for (const ConnectorDescription& connector : connectors) {
    list.push_back({{"name", connector.name},
                    {"doc", connector.doc},
                    {"has_own_threads", connector.has_own_threads},
                    {"parameters", parameters_json(connector.parameters)}});
  }
  return list;
}

}  // namespace

std::string value_text(const Parameter& parameter) {
  return std::visit(
      [&](const auto& value) -> std::string {
        using Value = std::decay_t<decltype(value)>;
        if constexpr (std::is_same_v<Value, std::string>) {
          return '"' + value + '"';
        } else if constexpr (std::is_same_v<Value, std::int64_t>) {
          if (parameter.type == FieldType::Duration) return '"' + duration(value) + '"';
          return format("{}", value);
        } else {
          return format("{}", value);
        }
      },
      parameter.default_value);
}

std::string type_text(const Field& field) {
  std::string text(name_of(field.type));
  if (field.record) text = field.record->name;
  if (!field.enumerators.empty()) {
    std::string names;
    for (const Enumerator& enumerator : field.enumerators) {
      names += (names.empty() ? "" : ", ") + enumerator.name;
    }
    text += " (" + names + ')';
  }
  return field.is_optional() ? text + ", optional" : text;
}

std::string details_text(const OperatorDescription& op) {
  std::string text;
  const auto add = [&](const std::string& part) { text += (text.empty() ? "" : "; ") + part; };
  if (op.output) add(op.output->name);
  if (op.window) add(window_text(*op.window));
  if (op.event_time) add("out of order by " + duration(op.event_time->out_of_order));
  if (op.key) {
    std::string names;
    for (const KeyField& field : op.key->fields)
      names += (names.empty() ? "" : ", ") + field.name;
    if (!names.empty()) add("key " + names);
  }
  if (op.state) {
    add(format("state {} version {}", op.state->record.name, op.state->version));
    for (const StateMigration& migration : op.state->migrations)
      text += format(", migrates version {}", migration.version);
  }
  return text;
}

std::string record_json(const RecordSchema& record) {
  return json::serialize(record_object(record));
}

std::string plugin_json(const PluginDescription& plugin) {
  json::array jobs;
  for (const JobDescription& job : plugin.jobs) {
    json::array operators;
    for (const OperatorDescription& op : job.operators)
      operators.push_back(operator_json(job, op));
    json::array pools;
    for (const std::string& pool : job.pools)
      pools.push_back(json::value(pool));
    jobs.push_back({{"name", job.name},
                    {"doc", job.doc},
                    {"parameters", parameters_json(job.parameters)},
                    {"pools", pools},
                    {"operators", operators}});
  }
  return json::serialize(
      json::object{{"name", plugin.name},
                   {"version", plugin.version},
                   {"doc", plugin.doc},
                   {"abi_major", plugin.abi_major},
                   {"abi_minor", plugin.abi_minor},
                   {"jobs", jobs},
                   {"source_connectors", connectors_json(plugin.source_connectors)},
                   {"sink_connectors", connectors_json(plugin.sink_connectors)}});
}

}  // namespace weir
