#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <stop_token>
#include <string>
#include <vector>

#include "base/result.h"
#include "connectors/kafka/client.h"
#include "connectors/kafka/partition.h"

namespace weir::kafka {

struct TopicState {
  enum class Presence { Present, Missing, NotNow };
  Presence presence = Presence::NotNow;
  std::string id;  // Another one after the topic was deleted and made again.
  std::int32_t partitions = 0;
  std::set<std::string> rights = {};  // Ours, as Kafka names them ("Read"), if asked for.
};

struct ClusterState {
  std::size_t brokers = 0;
  std::set<std::string> rights;
};

struct CommittedOffset {
  std::int64_t offset = 0;
  std::string metadata;
};

using Offsets = std::map<Partition, std::int64_t>;

// Asks a cluster, and waits for the answer while it looks after the client's events. Unavailable
// means that asking again may help; any other error is final. Used on one thread.
class ClusterQuery final {
 public:
  // Stops waiting when `stop` is requested; every answer is Unavailable then.
  ClusterQuery(Client& client, std::stop_token stop);

  // Names of all topics but the cluster's own.
  Result<std::vector<std::string>> topics();

  // One state for each name.
  Result<std::map<std::string, TopicState>> describe(const std::vector<std::string>& names);
  Result<std::map<std::string, TopicState>> describe_with_rights(
      const std::vector<std::string>& names);

  // Those that are not there, and stay away for so long: news of a topic takes a moment to reach
  // every broker.
  Result<std::vector<std::string>> missing(const std::vector<std::string>& names,
                                           std::chrono::milliseconds patience);

  Result<ClusterState> describe_cluster();

  // Our rights to the group.
  Result<std::set<std::string>> rights_to_group(const std::string& group);

  // The time of the newest record of all these partitions, ms; none if there is no record.
  Result<std::optional<std::int64_t>> newest(const std::vector<Partition>& partitions);

  // The group's committed positions, where there are any.
  Result<Offsets> committed(const std::string& group, const std::vector<Partition>& partitions);

  // All there are of the group, with what was noted beside them.
  Result<std::map<Partition, CommittedOffset>> all_committed(const std::string& group);

  // What `wanted` asks for each partition: an RD_KAFKA_OFFSET_SPEC, or the first offset at or
  // after a time in ms (-1: none).
  Result<Offsets> offsets(const std::map<Partition, std::int64_t>& wanted);

  // Looks after events for so long, less when the cluster goes out of reach. Returns the error that
  // makes going on pointless.
  Status wait(std::chrono::milliseconds time);

 private:
  using Ask = std::function<void(const rd_kafka_AdminOptions_t*, rd_kafka_queue_t*)>;

  // Of all partitions when there is no list.
  Result<std::map<Partition, CommittedOffset>> list_committed(
      const std::string& group, const rd_kafka_topic_partition_list_t* partitions);

  // Sends a question and returns the event that answers it. `subject` is what it is about.
  Result<Handle<rd_kafka_event_t>> ask(rd_kafka_admin_op_t kind,
                                       const std::string& subject,
                                       const Ask& send);
  Handle<rd_kafka_AdminOptions_t> options(rd_kafka_admin_op_t kind);

  Client& client_;
  bool asks_for_rights_ = false;
  std::string cluster_;  // As an error names it.
  std::stop_token stop_;
  std::stop_callback<std::function<void()>> wake_;  // Ends a wait at once.
  std::uintptr_t last_question_ = 0;  // Tells a late answer from the one that is waited for.
};

}  // namespace weir::kafka
