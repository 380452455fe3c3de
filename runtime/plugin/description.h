// What a plugin says about itself, as plain values: read from the manifest in its file or from the
// loaded descriptor; the two must be equal.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "model/schema.h"
#include "model/window.h"

namespace weir {

// Numbered as in weir/abi.h.
enum class OperatorKind : std::uint32_t {
  Source = 1,
  Filter,
  Map,
  Union,
  KeyBy,
  WindowAggregate,
  WindowRows,
  CoGroup,
  Sink,
};
std::string_view name_of(OperatorKind kind);

struct EventTimeSpec {
  std::uint32_t field_offset = 0;
  std::int64_t out_of_order = 0;  // ms
};

// One value of a parameter: bool, i64 and duration (ms), f64, text.
using ParameterValue = std::variant<bool, std::int64_t, double, std::string>;

struct Parameter {
  std::string name;
  FieldType type;  // Bool, I64, F64, Text or Duration.
  std::string doc;
  ParameterValue default_value;
};

struct OperatorDescription {
  std::string uid;
  OperatorKind kind;
  std::string doc;
  std::vector<std::size_t> inputs;             // Indexes of earlier operators.
  std::shared_ptr<const RecordSchema> output;  // Null for sinks.
  std::optional<KeySchema> key;                // KeyBy.
  std::optional<StateSchema> state;            // WindowAggregate.
  std::optional<WindowSpec> window;
  std::optional<EventTimeSpec> event_time;  // Source.
};

struct JobDescription {
  std::string name;
  std::string doc;
  std::vector<Parameter> parameters;
  std::vector<OperatorDescription> operators;  // Inputs before users.
  std::vector<std::string> pools;

  const OperatorDescription* find(std::string_view uid) const;
  // What the rows are keyed by that an operator of this job takes; no fields: by nothing.
  KeySchema key_of(const OperatorDescription& taker) const;
};

struct ConnectorDescription {
  std::string name;
  std::string doc;
  std::vector<Parameter> parameters;
  bool has_own_threads = false;
  std::uint32_t delivery = 0;  // Sinks: WEIR_AT_LEAST_ONCE …; sources 0.
};

struct PluginDescription {
  std::string name;
  std::string version;
  std::string doc;
  std::uint32_t abi_major = 0;
  std::uint32_t abi_minor = 0;
  std::vector<JobDescription> jobs;
  std::vector<ConnectorDescription> source_connectors;
  std::vector<ConnectorDescription> sink_connectors;

  const JobDescription* find_job(std::string_view job_name) const;
};

}  // namespace weir
