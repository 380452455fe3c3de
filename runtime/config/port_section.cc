#include "config/port_section.h"

#include <algorithm>
#include <utility>

#include "base/format.h"
#include "config/nearest.h"
#include "config/quantity.h"
#include "connectors/plugin/connector_options.h"

namespace weir {
namespace {

constexpr std::string_view kPluginPrefix = "plugin:";
constexpr std::string_view kClusterOption = "cluster";

struct ChosenConnector {
  const Connector* connector = nullptr;  // Null: the connector of a plugin.
  std::filesystem::path plugin;
  std::vector<std::string> plugins;  // All that have a connector of that name.
  std::vector<OptionSpec> options;
};

bool fits(const Connector& connector, PortDirection direction) {
  return direction == PortDirection::In ? connector.has_source() : connector.has_sink();
}

std::vector<std::string> connector_names(PortDirection direction,
                                         const std::string& written,
                                         LoadContext& context) {
  std::vector<std::string> names;
  for (const Connector* connector : context.ports.connectors) {
    if (fits(*connector, direction)) names.emplace_back(connector->name());
  }
  const bool with_plugin = written.find('/') != std::string::npos;
  for (const std::string& name : context.plugins.connector_names(direction, with_plugin)) {
    names.push_back(std::string(kPluginPrefix) + name);
  }
  return names;
}

std::optional<ChosenConnector> choose(const std::string& name,
                                      PortDirection direction,
                                      LoadContext& context) {
  ChosenConnector chosen;
  if (name.starts_with(kPluginPrefix)) {
    const auto found =
        context.plugins.find_connectors(direction, name.substr(kPluginPrefix.size()));
    if (found.empty()) return std::nullopt;
    chosen.plugin = found.front().plugin.path;
    for (const auto& each : found)
      chosen.plugins.push_back(each.plugin.description->name);
    chosen.options = options_of(*found.front().description);
    return chosen;
  }
  for (const Connector* connector : context.ports.connectors) {
    if (connector->name() != name || !fits(*connector, direction)) continue;
    chosen.connector = connector;
    chosen.options =
        direction == PortDirection::In ? connector->source_options() : connector->sink_options();
    return chosen;
  }
  return std::nullopt;
}

void add_ambiguity(TableReader& reader,
                   const std::string& name,
                   const std::vector<std::string>& plugins) {
  std::vector<std::string> names;
  for (const std::string& plugin : plugins)
    names.push_back(format("{}{}/{}", kPluginPrefix, plugin, name.substr(kPluginPrefix.size())));
  reader.add_mistake("connector",
                     format("{}, which {} plugins have", in_quotes(name), plugins.size()),
                     one_of(names));
}

// Goes on with the nearest name after reporting a wrong one, so that the rest is checked too.
std::optional<ChosenConnector> read_connector(TableReader& reader,
                                              PortDirection direction,
                                              std::string& name,
                                              LoadContext& context) {
  const auto written = reader.required_text("connector", "the name of a connector");
  if (!written) return std::nullopt;
  name = *written;
  auto chosen = choose(name, direction, context);
  if (chosen && chosen->plugins.size() > 1) add_ambiguity(reader, name, chosen->plugins);
  if (chosen) return chosen;
  const std::vector<std::string> names = connector_names(direction, name, context);
  const std::string nearest = nearest_name(name, names);
  reader.add_mistake("connector", in_quotes(name), one_of(names), nearest);
  return choose(nearest, direction, context);
}

std::optional<OptionValue> read_text(TableReader& reader,
                                     const OptionSpec& option,
                                     LoadContext& context) {
  const TomlEntry* entry = reader.any(option.name);
  std::optional<std::string> written;
  if (const auto* time = std::get_if<TomlTime>(&entry->node.value)) {
    written = time->text;
  } else {
    written = reader.text(option.name);
  }
  if (!written) return std::nullopt;
  if (!option.allowed.empty()) return reader.word(option.name, option.allowed);
  auto value = resolve_secrets(*written, option.name, reader, context);
  if (value && option.type == OptionType::Path) {
    if (value->empty()) {
      reader.add_mistake(option.name, "an empty text", "a path");
      return std::nullopt;
    }
    value = (context.folder / *value).lexically_normal().string();
  }
  return value;
}

std::optional<OptionValue> read_text_list(TableReader& reader,
                                          const OptionSpec& option,
                                          LoadContext& context) {
  auto values = reader.text_list(option.name);
  if (!values) return std::nullopt;
  for (std::string& value : *values) {
    auto resolved = resolve_secrets(value, option.name, reader, context);
    if (!resolved) return std::nullopt;
    value = std::move(*resolved);
  }
  return values;
}

template <class T>
std::optional<OptionValue> as_option(std::optional<T> value) {
  if (!value) return std::nullopt;
  return OptionValue(std::move(*value));
}

// Nothing: a mistake has been added. The key is there.
std::optional<OptionValue> read_option(TableReader& reader,
                                       const OptionSpec& option,
                                       LoadContext& context) {
  switch (option.type) {
    case OptionType::Text:
    case OptionType::Path: return read_text(reader, option, context);
    case OptionType::TextList: return read_text_list(reader, option, context);
    case OptionType::Integer: return as_option(reader.integer(option.name));
    case OptionType::Number: return as_option(reader.number(option.name));
    case OptionType::Boolean: return as_option(reader.boolean(option.name));
    case OptionType::Size: return as_option(reader.size(option.name));
    case OptionType::Duration: {
      const auto duration = reader.duration(option.name);
      if (!duration) return std::nullopt;
      return OptionValue(std::int64_t{duration->count()});
    }
  }
  return std::nullopt;
}

// Whether every option that is there is right and every required one is there.
bool read_options(TableReader& reader,
                  const std::vector<OptionSpec>& options,
                  Options& values,
                  LoadContext& context) {
  bool is_right = true;
  for (const OptionSpec& option : options) {
    if (!reader.any(option.name)) {
      if (!option.is_required) continue;
      reader.add_missing(option.name, option.doc.empty() ? "a value" : option.doc);
      is_right = false;
      continue;
    }
    auto value = read_option(reader, option, context);
    is_right &= value.has_value();
    if (value) values.emplace(option.name, std::move(*value));
  }
  return is_right;
}

bool check_cluster(TableReader& reader, const PortRequest& request, LoadContext& context) {
  const auto option = request.options.find(kClusterOption);
  if (option == request.options.end()) return true;
  const auto* name = std::get_if<std::string>(&option->second);
  if (!name || context.clusters.contains(*name)) return true;
  std::vector<std::string> names;
  for (const auto& [known, cluster] : context.clusters)
    names.push_back(known);
  reader.add_mistake(kClusterOption,
                     context.secrets.redact(in_quotes(*name)),
                     names.empty() ? "a section [kafka.NAME] of that name" : one_of(names),
                     nearest_name(*name, names));
  return false;
}

// Shows what was written instead of what was found where a secret is involved.
std::string shown(const std::string& written, const std::string& found) {
  return written.find("${") == std::string::npos ? found : in_quotes(written);
}

std::string last_part(const std::string& key) {
  constexpr std::string_view kSection = ".properties.";
  const std::size_t at = key.find(kSection);
  return at == std::string::npos ? key : key.substr(at + kSection.size());
}

void add_mistake(TableReader& reader, const OptionMistake& mistake, LoadContext& context) {
  const auto cluster_key = context.cluster_keys.find(mistake.key);
  if (cluster_key != context.cluster_keys.end()) {
    const ClusterKey& key = cluster_key->second;
    context.mistakes.add(key.position,
                         key.path,
                         shown(key.written, mistake.found),
                         mistake.expected,
                         nearest_name(last_part(mistake.key), mistake.names));
    return;
  }
  const TomlEntry* entry = mistake.key.empty() ? nullptr : reader.any(mistake.key);
  const auto* written = entry ? std::get_if<std::string>(&entry->node.value) : nullptr;
  reader.add_mistake(
      mistake.key, written ? shown(*written, mistake.found) : mistake.found, mistake.expected);
}

// What the connector itself finds.
void check_with_connector(TableReader& reader,
                          const Connector& connector,
                          PortDirection direction,
                          const PortRequest& request,
                          LoadContext& context) {
  const std::vector<OptionMistake> found = direction == PortDirection::In
                                               ? connector.check_source(request)
                                               : connector.check_sink(request);
  for (const OptionMistake& mistake : found)
    add_mistake(reader, mistake, context);
}

}  // namespace

void check_together(std::span<const SourceSpec> sources,
                    std::span<TableReader> readers,
                    LoadContext& context) {
  for (const Connector* connector : context.ports.connectors) {
    std::vector<PortRequest> requests;
    std::vector<std::size_t> places;
    for (std::size_t i = 0; i < sources.size(); ++i) {
      if (sources[i].connector != connector->name()) continue;
      requests.push_back(sources[i].request);
      places.push_back(i);
    }
    for (const PortMistake& found : connector->check_together(requests))
      add_mistake(readers[places[found.port]], found.mistake, context);
  }
}

PortConnection read_connection(TableReader& reader,
                               PortDirection direction,
                               PortRequest request,
                               LoadContext& context) {
  PortConnection connection;
  connection.request = std::move(request);
  const auto chosen = read_connector(reader, direction, connection.connector, context);
  if (!chosen) return connection;
  connection.connector_plugin = chosen->plugin;
  connection.request.clusters = context.clusters;
  const bool is_right =
      read_options(reader, chosen->options, connection.request.options, context) &&
      check_cluster(reader, connection.request, context);
  if (is_right && chosen->connector) {
    check_with_connector(reader, *chosen->connector, direction, connection.request, context);
    if (direction == PortDirection::Out) {
      connection.delivery = chosen->connector->delivery_of(connection.request);
      connection.writes_headers = chosen->connector->writes_headers();
    }
    if (connection.delivery == Delivery::Transactional) {
      context.transactional.push_back(
          {chosen->connector, connection.request, reader.position(), reader.path_of("")});
    }
  }
  reader.report_unknown_keys();
  return connection;
}

void check_transaction(TableReader& job, std::chrono::milliseconds epoch, LoadContext& context) {
  const std::vector<TransactionalPort> ports = std::exchange(context.transactional, {});
  for (const Connector* connector : context.ports.connectors) {
    std::vector<PortRequest> requests;
    std::vector<const TransactionalPort*> places;
    for (const TransactionalPort& port : ports) {
      if (port.connector != connector) continue;
      requests.push_back(port.request);
      places.push_back(&port);
    }
    if (requests.empty()) continue;
    for (const auto& [place, mistake] : connector->check_transaction(requests)) {
      const TransactionalPort& port = *places.at(place);
      context.mistakes.add(
          port.position, port.path + '.' + mistake.key, mistake.found, mistake.expected, {});
    }
    if (const auto expected = connector->check_epoch(requests, epoch)) {
      job.add_mistake("epoch", in_quotes(duration_text(epoch)), *expected);
    }
  }
}

}  // namespace weir
