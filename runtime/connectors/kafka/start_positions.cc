#include "connectors/kafka/start_positions.h"

#include <librdkafka/rdkafka.h>

namespace weir::kafka {
namespace {

std::int64_t specification(const Start& start) {
  if (const auto* since = std::get_if<Since>(&start)) return since->milliseconds;
  if (std::holds_alternative<Latest>(start)) return RD_KAFKA_OFFSET_SPEC_LATEST;
  return RD_KAFKA_OFFSET_SPEC_EARLIEST;
}

}  // namespace

StartDecision decide_starts(const std::vector<Partition>& partitions, const StartFacts& facts) {
  std::set<std::string> read = facts.topics_read;
  for (const auto& [partition, position] : facts.restored)
    read.insert(partition.topic);
  for (const auto& [partition, position] : facts.committed)
    read.insert(partition.topic);

  StartDecision decision;
  for (const Partition& partition : partitions) {
    if (const auto at = facts.restored.find(partition); at != facts.restored.end()) {
      decision.known[partition] = at->second;
    } else if (const auto to = facts.committed.find(partition);
               to != facts.committed.end() && facts.restored.empty()) {
      decision.known[partition] = to->second;
    } else if (facts.is_running || read.contains(partition.topic)) {
      decision.asked[partition] = RD_KAFKA_OFFSET_SPEC_EARLIEST;
    } else {
      decision.asked[partition] = specification(facts.start);
    }
  }
  return decision;
}

}  // namespace weir::kafka
