#include "config/host_section.h"

#include <charconv>
#include <string_view>
#include <type_traits>

#include "base/format.h"

namespace weir {
namespace {

constexpr IntegerRange kWorkers{1, 256};

bool is_port(std::string_view text) {
  unsigned port = 0;
  const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), port);
  return problem == std::errc() && end == text.data() + text.size() && port <= 65'535;
}

// Port 0 lets the system choose.
bool is_loopback(std::string_view address) {
  const std::size_t colon = address.rfind(':');
  if (colon == std::string_view::npos || !is_port(address.substr(colon + 1))) return false;
  const std::string_view host = address.substr(0, colon);
  return host == "127.0.0.1" || host == "[::1]" || host == "localhost";
}

std::filesystem::path absolute_in(const std::filesystem::path& folder, const std::string& path) {
  return (folder / path).lexically_normal();
}

std::vector<std::filesystem::path> read_plugin_path(TableReader& host,
                                                    const std::filesystem::path& folder) {
  std::vector<std::filesystem::path> folders;
  const auto written = host.text_list("plugin_path");
  if (!written) return folders;
  for (const std::string& path : *written) {
    folders.push_back(absolute_in(folder, path));
    std::error_code problem;
    if (!std::filesystem::is_directory(folders.back(), problem)) {
      host.add_mistake("plugin_path", in_quotes(path), "folders that exist");
    }
  }
  return folders;
}

// A librdkafka property; numbers and booleans may go without quotes.
std::optional<std::string> property_text(const TomlNode& node) {
  return std::visit(
      [](const auto& value) -> std::optional<std::string> {
        using Value = std::decay_t<decltype(value)>;
        if constexpr (std::is_same_v<Value, std::string>) {
          return value;
        } else if constexpr (std::is_arithmetic_v<Value>) {
          return format("{}", value);
        } else {
          return std::nullopt;
        }
      },
      node.value);
}

void read_properties(TableReader& cluster, ClusterSpec& spec, LoadContext& context) {
  const TomlEntry* entry = cluster.table("properties");
  if (!entry) return;
  const std::string section = cluster.path_of("properties");
  context.cluster_keys.emplace(section, ClusterKey{entry->position, section, ""});
  TableReader reader(
      table_of(*entry), entry->position, cluster.path_of("properties"), context.mistakes);
  for (const TomlEntry& property : table_of(*entry)) {
    const auto written = property_text(property.node);
    if (!written) {
      reader.add_mistake(property.key,
                         description(property.node),
                         "a text, a number or a boolean; names with dots need quotes");
      continue;
    }
    context.cluster_keys.emplace(
        format("kafka.{}.properties.{}", spec.name, property.key),
        ClusterKey{property.position, reader.path_of(property.key), *written});
    auto value = resolve_secrets(*written, property.key, reader, context);
    if (value) spec.properties.emplace(property.key, std::move(*value));
  }
}

ClusterSpec read_cluster(const TomlEntry& entry, const std::string& path, LoadContext& context) {
  TableReader reader(table_of(entry), entry.position, path, context.mistakes);
  ClusterSpec spec;
  spec.name = entry.key;
  if (const auto brokers = reader.required_text("brokers", "addresses like \"localhost:9092\"")) {
    spec.brokers = resolve_secrets(*brokers, "brokers", reader, context).value_or("");
  }
  read_properties(reader, spec, context);
  reader.report_unknown_keys();
  return spec;
}

}  // namespace

HostSpec read_host(TableReader& file, const std::filesystem::path& folder) {
  HostSpec spec;
  spec.state = absolute_in(folder, spec.state.string());
  spec.store = absolute_in(folder, spec.store.string());
  const TomlEntry* entry = file.table("host");
  if (!entry) return spec;
  TableReader host(table_of(*entry), entry->position, "host", file.mistakes());
  if (const auto workers = host.integer("workers", kWorkers)) {
    spec.workers = static_cast<std::uint32_t>(*workers);
  }
  if (const auto state = host.text("state")) spec.state = absolute_in(folder, *state);
  if (const auto http = host.text("http")) {
    spec.http = *http;
    if (!http->empty() && !is_loopback(*http)) {
      host.add_mistake(
          "http", in_quotes(*http), "an address of this machine only, like \"127.0.0.1:8088\"");
    }
  }
  if (const auto warning = host.duration("call_warning")) spec.call_warning = *warning;
  if (const auto limit = host.duration("call_limit")) spec.call_limit = *limit;
  spec.plugin_path = read_plugin_path(host, folder);
  if (const auto store = host.text("store")) spec.store = absolute_in(folder, *store);
  host.report_unknown_keys();
  return spec;
}

std::map<std::string, ClusterSpec, std::less<>> read_clusters(TableReader& file,
                                                              LoadContext& context) {
  std::map<std::string, ClusterSpec, std::less<>> clusters;
  const TomlEntry* entry = file.table("kafka");
  if (!entry) return clusters;
  TableReader kafka(table_of(*entry), entry->position, "kafka", context.mistakes);
  for (const TomlEntry& cluster : table_of(*entry)) {
    if (!kafka.table(cluster.key)) continue;
    if (!is_plain_name(cluster.key)) {
      kafka.add_mistake(
          cluster.key, in_quotes(cluster.key) + " as a name", "lower-case letters, digits and '-'");
      continue;
    }
    clusters.emplace(cluster.key, read_cluster(cluster, kafka.path_of(cluster.key), context));
  }
  return clusters;
}

}  // namespace weir
