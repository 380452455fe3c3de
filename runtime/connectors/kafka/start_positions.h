#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "connectors/kafka/partition.h"
#include "connectors/kafka/settings.h"

namespace weir::kafka {

// Facts from which the start of partitions is decided.
struct StartFacts {
  std::map<Partition, std::int64_t> restored;
  std::map<Partition, std::int64_t> committed;
  std::set<std::string> topics_read;  // Of which partitions have been found before.
  bool is_running = false;            // The search at the start is over.
  Start start = Earliest{};
};

struct StartDecision {
  std::map<Partition, std::int64_t> known;
  // To be asked of the cluster: RD_KAFKA_OFFSET_SPEC_EARLIEST, _LATEST, or a time in ms.
  std::map<Partition, std::int64_t> asked;
};

// Restored positions win over committed ones, these over `start`. `start` is for topics that were
// never read: a partition that was added to a topic since is read from its beginning. So is one
// that the restored positions do not know, though its position was committed: by a later time, to
// which the state does not belong that the positions were restored with.
StartDecision decide_starts(const std::vector<Partition>& partitions, const StartFacts& facts);

}  // namespace weir::kafka
