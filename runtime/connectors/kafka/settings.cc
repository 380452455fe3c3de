#include "connectors/kafka/settings.h"

#include <regex.h>
#include <set>
#include <utility>

#include "base/format.h"
#include "connectors/kafka/name_pattern.h"
#include "connectors/kafka/properties.h"
#include "connectors/kafka/transactional_producer.h"
#include "format/time_text.h"

namespace weir::kafka {
namespace {

constexpr std::string_view kExactlyOnce = "exactly-once";
constexpr std::string_view kAtLeastOnce = "at-least-once";
constexpr std::string_view kDefaultDelivery = kExactlyOnce;

template <class T>
std::optional<T> option(const PortRequest& request, std::string_view name) {
  const auto found = request.options.find(name);
  if (found == request.options.end()) return std::nullopt;
  return std::get<T>(found->second);
}

std::string known_clusters(const PortRequest& request) {
  std::string names;
  for (const auto& [name, cluster] : request.clusters) {
    names += names.empty() ? name : ", " + name;
  }
  return names;
}

// The cluster that is named, or the only one there is.
ClusterSpec find_cluster(const PortRequest& request, std::vector<OptionMistake>& mistakes) {
  const auto name = option<std::string>(request, "cluster");
  if (!name && request.clusters.size() == 1) return request.clusters.begin()->second;
  const auto found = name ? request.clusters.find(*name) : request.clusters.end();
  if (found != request.clusters.end()) return found->second;
  mistakes.push_back({"cluster",
                      name.value_or("nothing"),
                      request.clusters.empty() ? "a section [kafka.NAME] with `brokers`"
                                               : "one of " + known_clusters(request)});
  return {};
}

void check_cluster(Role role,
                   const ClusterSpec& cluster,
                   const Properties& own,
                   std::vector<OptionMistake>& mistakes) {
  if (cluster.name.empty()) return;
  if (cluster.brokers.empty()) {
    mistakes.push_back({"cluster",
                        format("no brokers in [kafka.{}]", cluster.name),
                        "brokers = \"host:port,...\""});
  }
  for (const PropertyMistake& mistake : check_properties(role, cluster, own)) {
    const std::string section = format("kafka.{}.properties", cluster.name);
    mistakes.push_back({mistake.name.empty() ? section : section + '.' + mistake.name,
                        mistake.found,
                        mistake.expected,
                        mistake.is_unknown ? property_names() : std::vector<std::string>()});
  }
}

void check_topic(std::string_view key,
                 const std::string& topic,
                 std::vector<OptionMistake>& mistakes) {
  constexpr std::size_t kNameMax = 249;
  constexpr std::string_view kAllowed =
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-";
  if (topic.empty() || topic.size() > kNameMax || topic == "." || topic == ".." ||
      topic.find_first_not_of(kAllowed) != topic.npos) {
    mistakes.push_back({std::string(key),
                        topic,
                        "a topic's name: letters, digits, '.', '_' and '-', at most 249"});
  }
}

void check_pattern(const std::string& pattern, std::vector<OptionMistake>& mistakes) {
  if (pattern.front() != '^') {
    mistakes.push_back({"pattern", pattern, "an expression that begins with '^'"});
    return;
  }
  if (const auto compiled = NamePattern::compile(pattern); !compiled) {
    mistakes.push_back(
        {"pattern",
         pattern,
         format("a POSIX extended regular expression: {}", compiled.error().message())});
  }
}

Start read_start(const std::string& text, std::vector<OptionMistake>& mistakes) {
  if (text == "earliest") return Earliest{};
  if (text == "latest") return Latest{};
  if (const auto time = read_time(text)) return Since{*time};
  mistakes.push_back(
      {"start", text, R"("earliest", "latest" or a time like "2026-11-20T08:00:00Z")"});
  return Earliest{};
}

}  // namespace

std::vector<OptionSpec> source_options() {
  return {
      {"cluster",
       OptionType::Text,
       false,
       "NAME of a [kafka.NAME]; needless when there is one",
       {}},
      {"topics", OptionType::TextList, false, "topics to read", {}},
      {"pattern",
       OptionType::Text,
       false,
       "instead of topics: all whose name matches this expression, also later ones",
       {}},
      {"start",
       OptionType::Text,
       false,
       "where to begin without a committed position: earliest, latest or a time; default earliest",
       {}},
      {"stop_at_end",
       OptionType::Boolean,
       false,
       "read what is there at the start, then end; default false",
       {}},
      {"headers", OptionType::Boolean, false, "hand over the headers too; default false", {}},
      {"find_every",
       OptionType::Duration,
       false,
       "how often to look for new partitions and topics; default 30s",
       {}},
  };
}

std::vector<OptionSpec> sink_options() {
  return {
      {"cluster",
       OptionType::Text,
       false,
       "NAME of a [kafka.NAME]; needless when there is one",
       {}},
      {"topic", OptionType::Text, true, "topic to write to", {}},
      {"delivery",
       OptionType::Text,
       false,
       format("whether what a crash repeats can show twice to readers that read committed records "
              "only; default {}",
              kDefaultDelivery),
       {std::string(kExactlyOnce), std::string(kAtLeastOnce)}},
      {"compression",
       OptionType::Text,
       false,
       "how batches are compressed; default none",
       {"none", "gzip", "snappy", "lz4", "zstd"}},
      {"linger",
       OptionType::Duration,
       false,
       "how long a batch waits for more messages; default 10ms",
       {}},
  };
}

SourceSettings read_source_settings(const PortRequest& request,
                                    std::vector<OptionMistake>& mistakes) {
  SourceSettings settings;
  settings.cluster = find_cluster(request, mistakes);
  settings.job = request.job;
  settings.port = request.port;
  settings.topics =
      option<std::vector<std::string>>(request, "topics").value_or(std::vector<std::string>());
  settings.pattern = option<std::string>(request, "pattern").value_or("");
  settings.stop_at_end = option<bool>(request, "stop_at_end").value_or(false);
  settings.with_headers = option<bool>(request, "headers").value_or(false);
  if (const auto every = option<std::int64_t>(request, "find_every")) {
    settings.find_every = std::chrono::milliseconds(*every);
    if (*every < 100) mistakes.push_back({"find_every", format("{}ms", *every), "at least 100ms"});
  }
  if (settings.topics.empty() == settings.pattern.empty()) {
    mistakes.push_back({settings.pattern.empty() ? "topics" : "pattern",
                        settings.pattern.empty() ? "neither topics nor pattern" : "both",
                        "either topics or pattern"});
  }
  for (const std::string& topic : settings.topics)
    check_topic("topics", topic, mistakes);
  const std::set<std::string> different(settings.topics.begin(), settings.topics.end());
  if (different.size() < settings.topics.size()) {
    mistakes.push_back({"topics", "a topic named twice", "each topic once"});
  }
  if (!settings.pattern.empty()) check_pattern(settings.pattern, mistakes);
  settings.start = read_start(option<std::string>(request, "start").value_or("earliest"), mistakes);
  check_cluster(Role::Consumer, settings.cluster, {}, mistakes);
  return settings;
}

SinkSettings read_sink_settings(const PortRequest& request, std::vector<OptionMistake>& mistakes) {
  SinkSettings settings;
  settings.cluster = find_cluster(request, mistakes);
  settings.job = request.job;
  settings.port = request.port;
  settings.topic = option<std::string>(request, "topic").value_or("");
  settings.delivery = delivery_of(request);
  settings.compression = option<std::string>(request, "compression");
  if (const auto linger = option<std::int64_t>(request, "linger")) {
    settings.linger = std::chrono::milliseconds(*linger);
  }
  check_topic("topic", settings.topic, mistakes);
  Properties own;
  if (settings.delivery == Delivery::Transactional) {
    own = transactional_properties(settings.cluster, "weir-" + settings.job);
  }
  check_cluster(Role::Producer, settings.cluster, own, mistakes);
  return settings;
}

Delivery delivery_of(const PortRequest& sink) {
  const auto chosen = option<std::string>(sink, "delivery");
  return chosen.value_or(std::string(kDefaultDelivery)) == kExactlyOnce ? Delivery::Transactional
                                                                        : Delivery::AtLeastOnce;
}

Error error_of(const OptionMistake& mistake) {
  return Error(ErrorKind::Invalid,
               format("{}: found {}, expected {}", mistake.key, mistake.found, mistake.expected));
}

}  // namespace weir::kafka
