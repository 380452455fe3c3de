#include "connectors/kafka/shared_topics.h"

#include <algorithm>
#include <optional>
#include <string>

#include "base/format.h"
#include "connectors/kafka/name_pattern.h"
#include "connectors/kafka/settings.h"

namespace weir::kafka {
namespace {

bool is_same_cluster(const ClusterSpec& left, const ClusterSpec& right) {
  if (left.name.empty() || right.name.empty()) return false;  // A mistake of its own.
  return left.name == right.name || left.brokers == right.brokers;
}

std::optional<std::string> first_match(const std::string& pattern,
                                       const std::vector<std::string>& topics) {
  const auto compiled = NamePattern::compile(pattern);
  if (!compiled) return std::nullopt;  // A mistake of its own.
  const auto found = std::find_if(topics.begin(), topics.end(), [&](const std::string& topic) {
    return compiled->matches(topic);
  });
  if (found == topics.end()) return std::nullopt;
  return *found;
}

// What `later` reads although `earlier` does.
std::optional<OptionMistake> compare(const SourceSettings& earlier, const SourceSettings& later) {
  const auto mistake = [&](std::string key, std::string found) {
    return OptionMistake{std::move(key),
                         format("{}, which source {} reads too", found, earlier.port),
                         "topics that no other source of the job reads"};
  };
  if (!later.pattern.empty()) {
    if (later.pattern == earlier.pattern) return mistake("pattern", '"' + later.pattern + '"');
    if (const auto topic = first_match(later.pattern, earlier.topics)) {
      return mistake("pattern", format("\"{}\" for topic {}", later.pattern, *topic));
    }
    return std::nullopt;
  }
  if (!earlier.pattern.empty()) {
    const auto topic = first_match(earlier.pattern, later.topics);
    if (!topic) return std::nullopt;
    return mistake("topics", '"' + *topic + '"');
  }
  const auto shared = std::find_first_of(
      later.topics.begin(), later.topics.end(), earlier.topics.begin(), earlier.topics.end());
  if (shared == later.topics.end()) return std::nullopt;
  return mistake("topics", '"' + *shared + '"');
}

}  // namespace

std::vector<PortMistake> find_shared_topics(std::span<const PortRequest> sources) {
  std::vector<OptionMistake> of_their_own;
  std::vector<SourceSettings> settings;
  for (const PortRequest& source : sources)
    settings.push_back(read_source_settings(source, of_their_own));
  std::vector<PortMistake> mistakes;
  for (std::size_t later = 1; later < settings.size(); ++later) {
    for (std::size_t earlier = 0; earlier < later; ++earlier) {
      if (!is_same_cluster(settings[earlier].cluster, settings[later].cluster)) continue;
      if (auto mistake = compare(settings[earlier], settings[later])) {
        mistakes.push_back({later, *std::move(mistake)});
        break;
      }
    }
  }
  return mistakes;
}

}  // namespace weir::kafka
