#include "plugin/descriptor.h"

#include <functional>
#include <map>

#include "base/format.h"
#include "plugin/limits.h"
#include "plugin/rules.h"
#include "plugin/table_sizes.h"

namespace weir {
namespace {

Error invalid(std::string message) {
  return Error(ErrorKind::Invalid, std::move(message));
}

// A table of the plugin, made for any minor of this ABI.
template <class Table>
Result<const Table*> table_at(const Table* table, std::string_view what) {
  if (table == nullptr) return invalid(format("{} is missing", what));
  if (!is_whole(*table)) {
    return invalid(format(
        "{} has struct_size {}, needs at least {}", what, table->struct_size, kSizeMin<Table>));
  }
  return table;
}

Status check_list(const void* list,
                  std::size_t count,
                  std::size_t count_max,
                  std::string_view what) {
  if (count > count_max) {
    return invalid(format("has {} {}, at most {} are allowed", count, what, count_max));
  }
  if (count > 0 && list == nullptr) return invalid(format("the list of {} is missing", what));
  return Done{};
}

Result<std::string> read_text(weir_text text, std::string_view what, std::size_t bytes_max) {
  if (text.size > bytes_max) {
    return invalid(format("{} has {} bytes, at most {} are allowed", what, text.size, bytes_max));
  }
  if (text.size > 0 && text.data == nullptr) return invalid(format("{} is missing", what));
  return std::string(text.data, text.size);
}

Result<std::string> read_name(weir_text text, std::string_view what = "name") {
  return read_text(text, what, limits::kNameBytesMax);
}

Result<std::string> read_doc(weir_text text) {
  return read_text(text, "doc", limits::kDocBytesMax);
}

Result<FieldType> read_type(std::uint32_t type) {
  if (type < WEIR_BOOL || type > WEIR_DURATION) return invalid(format("unknown type: {}", type));
  return static_cast<FieldType>(type);
}

// Every element of a list of tables, read by `read`; an error says which element it came from.
template <class Value, class Table, class Read>
Result<std::vector<Value>> read_list(const Table* const* list,
                                     std::size_t count,
                                     std::string_view what,
                                     Read&& read) {
  std::vector<Value> values;
  values.reserve(count);
  for (std::size_t i = 0; i < count; ++i) {
    const std::string place = format("{} {}", what, i);
    TRY(const Table* table, table_at(list[i], "it").during(place));
    TRY(Value value, std::invoke(read, *table).during(place));
    values.push_back(std::move(value));
  }
  return values;
}

class DescriptorReader final {
 public:
  Result<PluginDescription> read(const weir_plugin& table) {
    PluginDescription plugin;
    if (has_field(table, &weir_plugin::abi_minor)) {
      TRY_DO(check_abi(table.abi_major, table.abi_minor));
    }
    TRY_DO(table_at(&table, "weir_plugin"));
    TRY(plugin.name, read_name(table.name));
    TRY(plugin.version, read_name(table.version, "version"));
    TRY(plugin.doc, read_doc(table.doc));
    plugin.abi_major = table.abi_major;
    plugin.abi_minor = table.abi_minor;
    TRY_DO(check_list(table.jobs, table.job_count, limits::kJobsMax, "jobs"));
    TRY_DO(check_list(table.source_connectors,
                      table.source_connector_count,
                      limits::kConnectorsMax,
                      "source connectors"));
    TRY_DO(check_list(table.sink_connectors,
                      table.sink_connector_count,
                      limits::kConnectorsMax,
                      "sink connectors"));
    TRY(plugin.jobs,
        read_list<JobDescription>(
            table.jobs, table.job_count, "job", [this](const auto& job) { return read_job(job); }));
    const auto connector = [](const auto& each) { return read_connector(each); };
    TRY(plugin.source_connectors,
        read_list<ConnectorDescription>(
            table.source_connectors, table.source_connector_count, "source connector", connector));
    TRY(plugin.sink_connectors,
        read_list<ConnectorDescription>(
            table.sink_connectors, table.sink_connector_count, "sink connector", connector));
    return plugin;
  }

 private:
  static Result<Parameter> read_parameter(const weir_parameter& table) {
    Parameter parameter{};
    TRY(parameter.name, read_name(table.name));
    TRY(parameter.doc, read_doc(table.doc));
    TRY(parameter.type, read_type(table.default_value.type));
    const weir_value& value = table.default_value;
    switch (parameter.type) {
      case FieldType::Bool: parameter.default_value = value.integer != 0; break;
      case FieldType::I64:
      case FieldType::Duration: parameter.default_value = value.integer; break;
      case FieldType::F64: parameter.default_value = value.number; break;
      case FieldType::Text: {
        TRY(parameter.default_value, read_text(value.text, "default", limits::kDocBytesMax));
        break;
      }
      default: return invalid(format("a parameter cannot be of type {}", name_of(parameter.type)));
    }
    return parameter;
  }

  static Result<std::vector<Parameter>> read_parameters(const weir_parameter* const* list,
                                                        std::size_t count) {
    TRY_DO(check_list(list, count, limits::kParametersMax, "parameters"));
    return read_list<Parameter>(list, count, "parameter", read_parameter);
  }

  template <class Table>
  static Result<ConnectorDescription> read_connector(const Table& table) {
    ConnectorDescription connector;
    TRY(connector.name, read_name(table.name));
    TRY(connector.doc, read_doc(table.doc));
    TRY(connector.parameters, read_parameters(table.parameters, table.parameter_count));
    connector.has_own_threads = (table.flags & WEIR_OWN_THREADS) != 0;
    if constexpr (std::is_same_v<Table, weir_sink_connector>) connector.delivery = table.delivery;
    if (table.create == nullptr) return invalid("create is missing");
    return connector;
  }

  Result<JobDescription> read_job(const weir_job& table) {
    JobDescription job;
    TRY(job.name, read_name(table.name));
    TRY(job.doc, read_doc(table.doc));
    TRY(job.parameters, read_parameters(table.parameters, table.parameter_count));
    TRY_DO(check_list(table.operators, table.operator_count, limits::kOperatorsMax, "operators"));
    TRY(job.operators,
        read_list<OperatorDescription>(
            table.operators, table.operator_count, "operator", [this](const auto& each) {
              return read_operator(each);
            }));
    TRY_DO(check_list(table.pools, table.pool_count, limits::kPoolsMax, "pools"));
    for (std::size_t i = 0; i < table.pool_count; ++i) {
      TRY(job.pools.emplace_back(), read_name(table.pools[i], "name of a pool"));
    }
    if (table.create == nullptr) return invalid("create is missing");
    return job;
  }

  Result<OperatorDescription> read_operator(const weir_operator& table) {
    OperatorDescription each{};
    TRY(each.uid, read_name(table.uid, "uid"));
    TRY(each.doc, read_doc(table.doc));
    if (table.kind < WEIR_SOURCE || table.kind > WEIR_SINK) {
      return invalid(format("unknown kind: {}", table.kind));
    }
    each.kind = static_cast<OperatorKind>(table.kind);
    TRY_DO(check_list(table.inputs, table.input_count, limits::kInputsMax, "inputs"));
    for (std::size_t i = 0; i < table.input_count; ++i)
      each.inputs.push_back(table.inputs[i]);
    if (table.output != nullptr) {
      TRY(each.output, read_record(table.output, 0));
    }
    if (table.key != nullptr) {
      TRY(each.key, read_key(table.key));
    }
    if (table.state != nullptr) {
      TRY(each.state, read_state(table.state));
    }
    if (table.window != nullptr) {
      TRY(each.window, read_window(table.window));
    }
    if (table.event_time != nullptr) {
      TRY_DO(table_at(table.event_time, "event_time"));
      each.event_time =
          EventTimeSpec{table.event_time->field_offset, table.event_time->out_of_order};
    }
    return each;
  }

  static Result<std::optional<KeySchema>> read_key(const weir_key* table) {
    TRY_DO(table_at(table, "key"));
    TRY_DO(check_list(table->names, table->field_count, limits::kKeyFieldsMax, "names of a key"));
    TRY_DO(check_list(table->types, table->field_count, limits::kKeyFieldsMax, "types of a key"));
    KeySchema key;
    for (std::size_t i = 0; i < table->field_count; ++i) {
      KeyField field{};
      TRY(field.name, read_name(table->names[i], "name of a key's field"));
      TRY(field.type, read_type(table->types[i]));
      key.fields.push_back(std::move(field));
    }
    return std::optional(std::move(key));
  }

  Result<std::optional<StateSchema>> read_state(const weir_state* table) {
    TRY_DO(table_at(table, "state"));
    if (table->record == nullptr) return invalid("record of the state is missing");
    TRY(const auto record, read_record(table->record, 0));
    if (table->initial == nullptr) return invalid("initial state is missing");
    const auto* bytes = static_cast<const std::byte*>(table->initial);
    StateSchema state{table->version, *record, {bytes, bytes + record->size}};
    if (has_field(*table, &weir_state::migrations)) {
      TRY(state.migrations, read_migrations(*table));
    }
    return std::optional(std::move(state));
  }

  Result<std::vector<StateMigration>> read_migrations(const weir_state& table) {
    TRY_DO(
        check_list(table.migrations, table.migration_count, limits::kMigrationsMax, "migrations"));
    const auto migration = [this](const weir_migration& each) -> Result<StateMigration> {
      if (each.record == nullptr) return invalid("record is missing");
      if (each.migrate == nullptr) return invalid("migrate is missing");
      TRY(const auto record, read_record(each.record, 0));
      return StateMigration{each.version, *record};
    };
    return read_list<StateMigration>(
        table.migrations, table.migration_count, "migration", migration);
  }

  static Result<std::optional<WindowSpec>> read_window(const weir_window_spec* table) {
    TRY_DO(table_at(table, "window"));
    if (table->kind != WEIR_TUMBLING && table->kind != WEIR_SLIDING) {
      return invalid(format("unknown kind of window: {}", table->kind));
    }
    if (table->kind == WEIR_TUMBLING && table->slide != table->size) {
      return invalid("a tumbling window must slide by its size");
    }
    return std::optional(
        WindowSpec{table->size, table->slide, table->offset, table->allowed_lateness});
  }

  Result<std::shared_ptr<const RecordSchema>> read_record(const weir_record* table,
                                                          std::size_t depth) {
    if (const auto known = records_.find(table); known != records_.end()) return known->second;
    if (depth > limits::kRecordDepthMax) {
      return invalid(format("records are nested deeper than {}", limits::kRecordDepthMax));
    }
    TRY_DO(table_at(table, "record"));
    auto record = std::make_shared<RecordSchema>();
    TRY(record->name, read_name(table->name, "name of a record"));
    const std::string place = format("record {}", record->name);
    TRY(record->doc, read_doc(table->doc).during(place));
    if (table->size > limits::kRecordBytesMax) {
      return invalid(format("record {} has {} bytes, at most {} are allowed",
                            record->name,
                            table->size,
                            limits::kRecordBytesMax));
    }
    record->size = table->size;
    record->alignment = table->alignment;
    TRY_DO(
        check_list(table->fields, table->field_count, limits::kFieldsMax, "fields").during(place));
    TRY(record->fields,
        read_list<Field>(table->fields, table->field_count, "field", [&](const weir_field& field) {
          return read_field(field, depth);
        }).during(place));
    records_.emplace(table, record);
    return std::shared_ptr<const RecordSchema>(record);
  }

  Result<Field> read_field(const weir_field& table, std::size_t depth) {
    Field field{};
    TRY(field.name, read_name(table.name));
    TRY(field.unit, read_name(table.unit, "unit"));
    TRY(field.doc, read_doc(table.doc));
    TRY(field.type, read_type(table.type));
    field.offset = table.offset;
    field.size = table.size;
    if ((table.flags & WEIR_FIELD_OPTIONAL) != 0) field.presence_offset = table.presence_offset;
    if (table.enumeration != nullptr) {
      TRY(field.enumerators, read_enumerators(table.enumeration));
    }
    if (table.record != nullptr) {
      TRY(field.record, read_record(table.record, depth + 1));
    }
    return field;
  }

  static Result<std::vector<Enumerator>> read_enumerators(const weir_enumeration* table) {
    TRY_DO(table_at(table, "enumeration"));
    TRY_DO(check_list(table->names, table->value_count, limits::kEnumeratorsMax, "enumerators"));
    TRY_DO(check_list(table->values, table->value_count, limits::kEnumeratorsMax, "enumerators"));
    std::vector<Enumerator> enumerators;
    for (std::size_t i = 0; i < table->value_count; ++i) {
      TRY(auto name, read_name(table->names[i], "name of an enumerator"));
      enumerators.push_back({std::move(name), table->values[i]});
    }
    return enumerators;
  }

  // Records read so far: one that is used twice is read once.
  std::map<const weir_record*, std::shared_ptr<const RecordSchema>> records_;
};

}  // namespace

Result<PluginDescription> read_descriptor(const weir_plugin& table) {
  return DescriptorReader().read(table);
}

}  // namespace weir
