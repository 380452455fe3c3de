#include "plugin/rules.h"

#include <cmath>
#include <set>

#include <weir/abi.h>

#include "base/format.h"
#include "plugin/graph_rules.h"
#include "plugin/limits.h"

namespace weir {
namespace {

// Kept for later in weir/abi.h.
constexpr std::uint32_t kTransactional = 3;

Error invalid(std::string message) {
  return Error(ErrorKind::Invalid, std::move(message));
}

bool is_number(std::string_view text) {
  return !text.empty() && text.size() <= 9 && (text.size() == 1 || text[0] != '0') &&
         text.find_first_not_of("0123456789") == text.npos;
}

// 1.4.0, 1.4.0-rc.1, 1.4.0+build.7
bool is_version(std::string_view version) {
  constexpr std::string_view kRest =
      "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ.-+";
  const auto rest_at = version.find_first_of("-+");
  if (rest_at != version.npos) {
    const auto rest = version.substr(rest_at + 1);
    if (rest.empty() || rest.find_first_not_of(kRest) != rest.npos) return false;
    version = version.substr(0, rest_at);
  }
  const auto first = version.find('.');
  if (first == version.npos) return false;
  const auto second = version.find('.', first + 1);
  if (second == version.npos) return false;
  return is_number(version.substr(0, first)) &&
         is_number(version.substr(first + 1, second - first - 1)) &&
         is_number(version.substr(second + 1));
}

Status check_parameters(const std::vector<Parameter>& parameters) {
  std::set<std::string_view> names;
  for (const Parameter& parameter : parameters) {
    if (!is_name(parameter.name)) {
      return invalid(format("parameter {}: a name is made of a-z, 0-9, _ and - and .",
                            quoted(parameter.name)));
    }
    if (!names.insert(parameter.name).second) {
      return invalid(format("two parameters are called {}", parameter.name));
    }
    const double* const number = std::get_if<double>(&parameter.default_value);
    if (number != nullptr && !std::isfinite(*number)) {
      return invalid(format("parameter {}: the default is not a finite number", parameter.name));
    }
  }
  return Done{};
}

Status check_jobs(const PluginDescription& plugin) {
  std::set<std::string_view> names;
  for (const JobDescription& job : plugin.jobs) {
    if (!is_name(job.name)) {
      return invalid(format("job {}: a name is made of a-z, 0-9, _ and - and .", quoted(job.name)));
    }
    const std::string place = format("job {}", job.name);
    if (!names.insert(job.name).second) return invalid(format("two jobs are called {}", job.name));
    TRY_DO(check_parameters(job.parameters).during(place));
    std::set<std::string_view> pools;
    for (const std::string& pool : job.pools) {
      if (pool.empty() || !pools.insert(pool).second) {
        return invalid(format("{}: pool {} has no name, or its name twice", place, quoted(pool)));
      }
    }
    TRY_DO(check_graph(job).during(place));
  }
  return Done{};
}

Status check_delivery(std::uint32_t delivery) {
  if (delivery == WEIR_AT_LEAST_ONCE || delivery == WEIR_IDEMPOTENT) return Done{};
  if (delivery == kTransactional) {
    return invalid(
        format("delivery {} is kept for transactional sinks of plugins, which ABI {}.{} "
               "does not have: declare it at least once or idempotent",
               delivery,
               WEIR_ABI_MAJOR,
               WEIR_ABI_MINOR));
  }
  return invalid(format("unknown delivery: {}", delivery));
}

Status check_connectors(const std::vector<ConnectorDescription>& connectors,
                        bool are_sinks,
                        std::set<std::string_view>& names) {
  for (const ConnectorDescription& connector : connectors) {
    if (!is_name(connector.name)) {
      return invalid(format("connector {}: a name is made of a-z, 0-9, _ and - and .",
                            quoted(connector.name)));
    }
    if (!names.insert(connector.name).second) {
      return invalid(format("two connectors are called {}", connector.name));
    }
    TRY_DO(check_parameters(connector.parameters).during(format("connector {}", connector.name)));
    if (are_sinks) {
      TRY_DO(check_delivery(connector.delivery).during(format("connector {}", connector.name)));
    }
  }
  return Done{};
}

}  // namespace

Status check_abi(std::uint32_t major, std::uint32_t minor) {
  if (major != WEIR_ABI_MAJOR) {
    return Error(
        ErrorKind::Incompatible,
        format("built for ABI {}, this host has ABI {}.{}: rebuild it with this host's SDK",
               major,
               WEIR_ABI_MAJOR,
               WEIR_ABI_MINOR));
  }
  if (minor > WEIR_ABI_MINOR) {
    return Error(ErrorKind::Incompatible,
                 format("needs ABI {}.{}, this host has {}.{}: use a newer host",
                        major,
                        minor,
                        WEIR_ABI_MAJOR,
                        WEIR_ABI_MINOR));
  }
  return Done{};
}

Status check_description(const PluginDescription& plugin) {
  TRY_DO(check_abi(plugin.abi_major, plugin.abi_minor));
  if (!is_name(plugin.name) || plugin.name.find_first_of("_.") != std::string::npos) {
    return invalid(format("plugin {}: its name is made of a-z, 0-9 and -", quoted(plugin.name)));
  }
  if (!is_version(plugin.version)) {
    return invalid(
        format("plugin {}: version {} is not like 1.4.0", plugin.name, quoted(plugin.version)));
  }
  TRY_DO(check_jobs(plugin));
  std::set<std::string_view> names;
  TRY_DO(check_connectors(plugin.source_connectors, false, names));
  return check_connectors(plugin.sink_connectors, true, names);
}

}  // namespace weir
