#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/result.h"
#include "connectors/kafka/cluster_query.h"
#include "connectors/kafka/epoch_stamp.h"
#include "connectors/kafka/partition.h"
#include "connectors/kafka/settings.h"
#include "connectors/transaction.h"

namespace weir::kafka {

// What the offsets of a job's group say about its last epoch.
struct GroupState {
  std::optional<EpochStamp> last;  // None: no transaction was ever committed.
  std::vector<SourcePositions> positions;

  // Stamped before, whether they are still read or not. Each commit stamps them again, so that all
  // stamps of a group are equal.
  struct Stamped {
    std::int64_t offset = 0;
    bool is_marker = false;
  };
  std::map<Partition, Stamped> stamped;
};

// An error if the stamps do not name the same epoch.
Result<GroupState> read_group(const std::map<Partition, CommittedOffset>& committed,
                              std::span<const SourceSettings> sources);

// Where the marker goes: partition 0 of the first of these topics that no source reads. None if
// they all read it: then their positions are stamped.
Result<std::optional<Partition>> marker_of(std::vector<std::string> topics,
                                           std::span<const SourceSettings> sources);

// Whether the source reads the topic.
Result<bool> reads_topic(const SourceSettings& source, const std::string& topic);

}  // namespace weir::kafka
