#include "connectors/kafka/group_state.h"

#include <algorithm>
#include <utility>

#include "base/format.h"
#include "connectors/kafka/name_pattern.h"

namespace weir::kafka {
namespace {

Error disagreement(const Partition& one,
                   const EpochStamp& stamp,
                   const Partition& other,
                   const EpochStamp& other_stamp) {
  return Error(ErrorKind::Corrupt,
               format("committed offsets disagree about the job's last epoch: {} says {}, {} says "
                      "{}; reset the group's offsets of one of them to mend it",
                      split_name(one),
                      stamp.epoch,
                      split_name(other),
                      other_stamp.epoch));
}

}  // namespace

Result<bool> reads_topic(const SourceSettings& source, const std::string& topic) {
  if (source.pattern.empty()) {
    return std::find(source.topics.begin(), source.topics.end(), topic) != source.topics.end();
  }
  TRY(const auto pattern, NamePattern::compile(source.pattern));
  return pattern.matches(topic);
}

Result<GroupState> read_group(const std::map<Partition, CommittedOffset>& committed,
                              std::span<const SourceSettings> sources) {
  GroupState state;
  for (const SourceSettings& source : sources)
    state.positions.push_back({source.port, {}});
  std::optional<Partition> first;
  for (const auto& [partition, found] : committed) {
    TRY(const auto stamp, read_stamp(found.metadata).during(split_name(partition)));
    if (stamp) {
      if (state.last && state.last->epoch != stamp->epoch) {
        return disagreement(*first, *state.last, partition, *stamp);
      }
      if (!state.last) first = partition;
      state.last = *stamp;
      state.stamped[partition] = {found.offset, stamp->is_marker};
      if (stamp->is_marker) continue;
    }
    for (std::size_t i = 0; i < sources.size(); ++i) {
      TRY(const bool is_read, reads_topic(sources[i], partition.topic));
      if (is_read) state.positions[i].positions.push_back({split_name(partition), found.offset});
    }
  }
  std::erase_if(state.positions, [](const auto& source) { return source.positions.empty(); });
  return state;
}

Result<std::optional<Partition>> marker_of(std::vector<std::string> topics,
                                           std::span<const SourceSettings> sources) {
  std::sort(topics.begin(), topics.end());
  for (std::string& topic : topics) {
    bool is_read = false;
    for (const SourceSettings& source : sources) {
      TRY(const bool reads, reads_topic(source, topic));
      is_read = is_read || reads;
    }
    if (!is_read) return std::optional(Partition{std::move(topic), 0});
  }
  return std::optional<Partition>();
}

}  // namespace weir::kafka
