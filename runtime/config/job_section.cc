#include "config/job_section.h"

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

#include "base/format.h"
#include "config/nearest.h"
#include "config/parameter_section.h"
#include "config/port_section.h"
#include "config/version.h"
#include "model/schema.h"

namespace weir {
namespace {

constexpr std::int64_t kWatermarkEveryMax = 1'000'000'000;
constexpr IntegerRange kEpochBytes{.min = 65'536, .max = std::int64_t{1} << 40};
constexpr DurationRange kEpoch{std::chrono::milliseconds(10), std::chrono::hours(1)};

const std::vector<std::string>& formats() {
  static const std::vector<std::string> names = {"json"};
  return names;
}

const std::vector<std::string>& side_streams() {
  static const std::vector<std::string> names = {
      "filtered", "unnatural", "late", "timing", "errors"};
  return names;
}

// What the plugin says about the job; null where it could not be found out.
struct JobPlan {
  std::shared_ptr<const PluginDescription> plugin;
  const JobDescription* job = nullptr;

  std::vector<std::string> ports(OperatorKind kind) const {
    std::vector<std::string> uids;
    if (!job) return uids;
    for (const OperatorDescription& op : job->operators) {
      if (op.kind == kind) uids.push_back(op.uid);
    }
    return uids;
  }
};

std::optional<FoundPlugin> find_plugin(TableReader& reader,
                                       const std::string& job,
                                       const std::string& name,
                                       LoadContext& context) {
  const TomlEntry* version = reader.any("version");
  const auto* wished = version ? std::get_if<std::string>(&version->node.value) : nullptr;
  const auto& find_version = context.ports.find_version;
  const auto elsewhere =
      find_version ? find_version({job, name, wished ? *wished : "", context.store}) : std::nullopt;
  auto found = elsewhere ? context.plugins.read(*elsewhere) : context.plugins.find(name);
  if (found && found->description->name != name) {
    reader.add_mistake("plugin",
                       format("{}, which holds the plugin {}",
                              found->path.string(),
                              in_quotes(found->description->name)),
                       format("a file that holds {}", in_quotes(name)));
    return std::nullopt;
  }
  if (found) return *found;
  if (found.error().kind() != ErrorKind::NotFound) {
    reader.add_mistake("plugin", found.error().message(), "a plugin that this host can load");
    return std::nullopt;
  }
  // Who gives a file has its name in it.
  const bool is_path = name.find('/') != std::string::npos || name.ends_with(".so");
  const std::string meant = is_path ? PluginCatalogue::name_of(name) : name;
  const std::vector<std::string> names = context.plugins.names();
  const bool is_known = std::find(names.begin(), names.end(), meant) != names.end();
  const std::string nearest = is_known ? meant : nearest_name(meant, names);
  reader.add_mistake("plugin",
                     in_quotes(name),
                     is_path
                         ? "the name of a plugin: no folder, no \"lib\", no \".so\""
                         : format("lib{}.so or {}.so in {}", name, name, context.plugins.place()),
                     nearest);
  if (nearest.empty()) return std::nullopt;
  const auto second = context.plugins.find(nearest);
  return second ? std::optional(*second) : std::nullopt;
}

void check_version(TableReader& reader, JobSpec& spec, const PluginDescription* plugin) {
  const auto written = reader.text("version");
  if (!written) return;
  spec.version = *written;
  const auto constraint = VersionConstraint::parse(*written);
  if (!constraint) {
    reader.add_mistake("version",
                       in_quotes(*written),
                       "a constraint like \"^1.4\", \"~1.4\", \"=1.4.0\" or \">=1.4, <3\"");
    return;
  }
  if (!plugin) return;
  const auto version = Version::parse(plugin->version);
  if (version && constraint->accepts(*version)) return;
  reader.add_mistake("version",
                     in_quotes(*written),
                     format("a constraint that takes {} {}", plugin->name, plugin->version));
}

JobPlan read_plugin(TableReader& reader, JobSpec& spec, LoadContext& context) {
  JobPlan plan;
  std::optional<FoundPlugin> found;
  if (const auto name = reader.required_text("plugin", "the name of a plugin")) {
    spec.plugin = *name;
    found = find_plugin(reader, spec.name, *name, context);
  }
  if (found) {
    spec.plugin_path = found->path;
    plan.plugin = found->description;
  }
  check_version(reader, spec, plan.plugin.get());

  const auto type = reader.required_text("type", "the name of a job of the plugin");
  if (!type || !plan.plugin) return plan;
  spec.type = *type;
  std::vector<std::string> types;
  for (const JobDescription& job : plan.plugin->jobs)
    types.push_back(job.name);
  std::string meant = *type;
  if (std::find(types.begin(), types.end(), meant) == types.end()) {
    meant = nearest_name(meant, types);
    reader.add_mistake("type", in_quotes(*type), one_of(types), meant);
  }
  for (const JobDescription& job : plan.plugin->jobs) {
    if (job.name == meant) plan.job = &job;
  }
  return plan;
}

// The record of a source or sink port; null when unknown.
const RecordSchema* record_at(const JobDescription* job, std::string_view uid) {
  if (!job) return nullptr;
  for (const OperatorDescription& op : job->operators) {
    if (op.uid != uid) continue;
    if (op.kind == OperatorKind::Source) return op.output.get();
    if (op.kind == OperatorKind::Sink && !op.inputs.empty())
      return job->operators.at(op.inputs.front()).output.get();
  }
  return nullptr;
}

// Fields that take what came beside a message's value.
void read_message_fields(TableReader& reader, const RecordSchema* record, SourceSpec& spec) {
  std::vector<std::string> fields;
  for (const Field& field : record ? record->fields : std::vector<Field>()) {
    if (field.type == FieldType::Text || field.type == FieldType::Bytes)
      fields.push_back(field.name);
  }
  const auto check = [&](TableReader& at, const std::string& key, const std::string& field) {
    if (!record || std::find(fields.begin(), fields.end(), field) != fields.end()) return;
    at.add_mistake(key, in_quotes(field), one_of(fields), nearest_name(field, fields));
  };
  if (const auto field = reader.text("key_field")) {
    spec.key_field = *field;
    check(reader, "key_field", *field);
  }
  const TomlEntry* entry = reader.table("header_fields");
  if (!entry) return;
  const TomlTable& table = table_of(*entry);
  TableReader headers(table, entry->position, reader.path_of("header_fields"), reader.mistakes());
  for (const TomlEntry& each : table) {
    check(headers, each.key, each.key);
    if (auto header = headers.text(each.key)) spec.header_fields.emplace(each.key, *header);
  }
}

void check_headers(TableReader& reader, const SourceSpec& spec) {
  if (spec.header_fields.empty()) return;
  const auto headers = spec.request.options.find("headers");
  if (headers != spec.request.options.end() && headers->second == OptionValue(true)) return;
  reader.add_mistake("header_fields",
                     "headers that are not read",
                     "headers = true beside it, with a connector that has headers");
}

SourceSpec read_source(TableReader& reader,
                       PortRequest request,
                       const RecordSchema* record,
                       LoadContext& context) {
  SourceSpec spec;
  spec.uid = request.port;
  reader.know("connector");
  spec.format = reader.word("format", formats()).value_or(spec.format);
  spec.unnatural_after = reader.duration("unnatural_after").value_or(spec.unnatural_after);
  spec.idle_after = reader.duration("idle_after").value_or(spec.idle_after);
  spec.out_of_order = reader.duration("out_of_order");
  spec.watermark_every = static_cast<std::uint32_t>(
      reader.integer("watermark_every", {0, kWatermarkEveryMax}).value_or(0));
  read_message_fields(reader, record, spec);
  PortConnection connection =
      read_connection(reader, PortDirection::In, std::move(request), context);
  spec.connector = std::move(connection.connector);
  spec.connector_plugin = std::move(connection.connector_plugin);
  spec.request = std::move(connection.request);
  check_headers(reader, spec);
  return spec;
}

// The names of the fields that have a text, to become part of a message.
std::vector<std::string> plain_fields(const RecordSchema& record) {
  std::vector<std::string> fields;
  for (const Field& field : record.fields) {
    if (field.type != FieldType::Record) fields.push_back(field.name);
  }
  return fields;
}

void check_field(TableReader& reader,
                 std::string_view key,
                 const std::string& name,
                 const RecordSchema* record) {
  if (!record) return;
  const std::vector<std::string> fields = plain_fields(*record);
  if (std::find(fields.begin(), fields.end(), name) != fields.end()) return;
  reader.add_mistake(key, in_quotes(name), one_of(fields), nearest_name(name, fields));
}

std::vector<std::string> read_key(TableReader& reader, const RecordSchema* record) {
  const auto key = reader.text_list("key");
  if (!key) return {};
  for (const std::string& name : *key)
    check_field(reader, "key", name, record);
  return *key;
}

std::map<std::string, std::string> read_header_fields(TableReader& reader,
                                                      const RecordSchema* record) {
  std::map<std::string, std::string> read;
  const TomlEntry* entry = reader.table("header_fields");
  if (!entry) return read;
  const TomlTable& table = table_of(*entry);
  TableReader headers(table, entry->position, reader.path_of("header_fields"), reader.mistakes());
  for (const TomlEntry& each : table) {
    check_field(headers, each.key, each.key, record);
    if (auto header = headers.text(each.key)) read.emplace(each.key, *header);
  }
  return read;
}

SinkSpec read_sink(TableReader& reader,
                   PortRequest request,
                   const RecordSchema* record,
                   LoadContext& context) {
  SinkSpec spec;
  spec.uid = request.port;
  reader.know("connector");
  spec.format = reader.word("format", formats()).value_or(spec.format);
  spec.key = read_key(reader, record);
  spec.header_fields = read_header_fields(reader, record);
  PortConnection connection =
      read_connection(reader, PortDirection::Out, std::move(request), context);
  spec.connector = std::move(connection.connector);
  spec.connector_plugin = std::move(connection.connector_plugin);
  spec.request = std::move(connection.request);
  spec.delivery = connection.delivery;
  if (!spec.header_fields.empty() && !connection.writes_headers) {
    reader.add_mistake("header_fields",
                       "headers for connector " + spec.connector,
                       "no header_fields, or a connector whose messages have headers: kafka");
  }
  return spec;
}

SideSpec read_side(TableReader& reader,
                   const std::string& stream,
                   PortRequest request,
                   LoadContext& context) {
  SideSpec spec;
  spec.stream = stream;
  reader.know("connector");
  if (stream == "timing") {
    spec.slower_than = reader.duration("slower_than").value_or(spec.slower_than);
  }
  if (stream == "errors") {
    const auto bytes = reader.integer("value_bytes_max", {.min = 0, .max = 1 << 30});
    if (bytes) spec.value_bytes_max = static_cast<std::size_t>(*bytes);
  }
  PortConnection connection =
      read_connection(reader, PortDirection::Out, std::move(request), context);
  spec.connector = std::move(connection.connector);
  spec.connector_plugin = std::move(connection.connector_plugin);
  spec.request = std::move(connection.request);
  spec.delivery = connection.delivery;
  return spec;
}

PoolSpec read_pool(TableReader& reader, const std::string& name, LoadContext& context) {
  PoolSpec spec{name, {}};
  if (const auto path = reader.required_text("path", "the path of a file with one id a line")) {
    spec.path = (context.folder / *path).lexically_normal();
    std::error_code problem;
    if (!std::filesystem::is_regular_file(spec.path, problem)) {
      reader.add_mistake("path", in_quotes(*path), "a file that exists");
    }
  }
  reader.report_unknown_keys();
  return spec;
}

// Calls `read` for every table below `kind`, and compares their names with `valid` when that is
// known.
template <class Read>
void read_named(TableReader& job,
                const std::string& kind,
                const std::vector<std::string>* valid,
                Read read) {
  const TomlEntry* entry = job.table(kind);
  if (!entry) return;
  TableReader named(table_of(*entry), entry->position, job.path_of(kind), job.mistakes());
  for (const TomlEntry& port : table_of(*entry)) {
    if (valid && std::find(valid->begin(), valid->end(), port.key) == valid->end()) {
      job.mistakes().add(port.position,
                         named.path_of(port.key),
                         "an unknown " + kind,
                         one_of(*valid),
                         nearest_name(port.key, *valid));
    }
    if (!named.table(port.key)) continue;
    TableReader reader(table_of(port), port.position, named.path_of(port.key), job.mistakes());
    read(reader, port.key);
  }
}

template <class Spec, class Name>
void report_missing(TableReader& job,
                    const std::string& kind,
                    const std::vector<std::string>& wanted,
                    const std::vector<Spec>& specs,
                    Name name) {
  for (const std::string& uid : wanted) {
    const bool is_there = std::any_of(specs.begin(), specs.end(), [&](const Spec& spec) {
      return std::invoke(name, spec) == uid;
    });
    if (is_there) continue;
    job.mistakes().add(job.position(),
                       format("{}.{}", job.path_of(kind), uid),
                       "nothing",
                       format("a section [job.{}.{}]", kind, uid));
  }
}

void read_ports(TableReader& reader, const JobPlan& plan, JobSpec& spec, LoadContext& context) {
  const auto request = [&](std::string port) {
    PortRequest result;
    result.job = spec.name;
    result.port = std::move(port);
    return result;
  };
  const std::vector<std::string> sources = plan.ports(OperatorKind::Source);
  std::vector<TableReader> ports;
  read_named(reader, "source", plan.job ? &sources : nullptr, [&](TableReader& port, auto& uid) {
    spec.sources.push_back(read_source(port, request(uid), record_at(plan.job, uid), context));
    ports.push_back(port);
  });
  check_together(spec.sources, ports, context);
  report_missing(reader, "source", sources, spec.sources, &SourceSpec::uid);

  const std::vector<std::string> sinks = plan.ports(OperatorKind::Sink);
  read_named(reader, "sink", plan.job ? &sinks : nullptr, [&](TableReader& port, auto& uid) {
    spec.sinks.push_back(read_sink(port, request(uid), record_at(plan.job, uid), context));
  });
  report_missing(reader, "sink", sinks, spec.sinks, &SinkSpec::uid);

  read_named(reader, "side", &side_streams(), [&](TableReader& port, auto& stream) {
    spec.sides.push_back(read_side(port, stream, request("side." + stream), context));
  });
  check_transaction(reader, spec.epoch, context);

  const auto* pools = plan.job ? &plan.job->pools : nullptr;
  read_named(reader, "pool", pools, [&](TableReader& pool, auto& name) {
    spec.pools.push_back(read_pool(pool, name, context));
  });
  if (pools) report_missing(reader, "pool", *pools, spec.pools, &PoolSpec::name);
}

OnError read_on_error(TableReader& reader) {
  const auto word = reader.word("on_error", {"dead-letter", "skip", "stop"});
  if (word == "skip") return OnError::Skip;
  if (word == "stop") return OnError::Stop;
  return OnError::DeadLetter;
}

std::string shown_path(const TomlTable& table, std::size_t index) {
  for (const TomlEntry& entry : table) {
    const auto* name = std::get_if<std::string>(&entry.node.value);
    if (entry.key == "name" && name && is_plain_name(*name)) return "job." + *name;
  }
  return format("job[{}]", index + 1);
}

}  // namespace

JobSpec read_job(const TomlNode& node, std::size_t index, LoadContext& context) {
  JobSpec spec;
  const auto* table = std::get_if<TomlTable>(&node.value);
  if (!table) {
    context.mistakes.add(node.position, format("job[{}]", index + 1), description(node), "a table");
    return spec;
  }
  TableReader reader(*table, node.position, shown_path(*table, index), context.mistakes);
  if (const auto name = reader.required_text("name", "a name that no other job has")) {
    spec.name = *name;
    if (!is_plain_name(*name)) {
      reader.add_mistake(
          "name", in_quotes(*name), "at most 100 lower-case letters, digits and '-'");
    }
  }
  const JobPlan plan = read_plugin(reader, spec, context);
  spec.job_class = reader.text("class").value_or("");
  spec.epoch = reader.duration("epoch", kEpoch).value_or(spec.epoch);
  spec.epoch_bytes = reader.size("epoch_bytes", kEpochBytes);
  spec.on_error = read_on_error(reader);
  if (plan.job) {
    spec.parameters = read_parameters(reader, plan.job->parameters, context);
  } else {
    reader.know("params");
  }
  read_ports(reader, plan, spec, context);
  reader.report_unknown_keys();
  return spec;
}

}  // namespace weir
