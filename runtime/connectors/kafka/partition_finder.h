#pragma once

#include <chrono>
#include <future>
#include <map>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "connectors/kafka/cluster_query.h"
#include "connectors/kafka/lane.h"
#include "connectors/kafka/settings.h"
#include "connectors/kafka/start_positions.h"

namespace weir::kafka {

// Finds the partitions of a source, at the start and while it runs, gives each to a lane and has
// the client fetch it from the right position. What makes the source fail goes to all lanes. Has a
// thread of its own, which also looks after the client's events.
class PartitionFinder final {
 public:
  // Restored partitions are in their lanes at once, so that no position is ever forgotten.
  PartitionFinder(SourceSettings settings,
                  std::shared_ptr<Client> client,
                  std::vector<std::shared_ptr<Lane>> lanes,
                  std::map<Partition, std::int64_t> restored);

  // Waits until all partitions of the start are found, at most so long; then the search goes on
  // behind the caller's back. An error is final.
  Status wait_for_first(std::chrono::milliseconds at_most);

 private:
  struct Placement {
    std::size_t lane;
    bool is_assigned;
  };

  void run(const std::stop_token& stop);
  Status look(ClusterQuery& query);
  Result<std::vector<std::string>> wanted_topics(ClusterQuery& query) const;
  Result<std::vector<Partition>> new_partitions(const std::map<std::string, TopicState>& states);
  Status judge(const std::string& topic, const TopicState& state);
  Result<std::map<Partition, std::int64_t>> start_positions(ClusterQuery& query,
                                                            const std::vector<Partition>& found);
  Status assign(const std::map<Partition, std::int64_t>& positions,
                const std::map<Partition, std::int64_t>& ends);
  Placement& place(const Partition& partition);
  void finish_first();
  void fail(const Error& error);

  // Set at construction.
  SourceSettings settings_;
  std::shared_ptr<Client> client_;
  std::vector<std::shared_ptr<Lane>> lanes_;

  // Touched only on the finder's thread, but for construction.
  StartFacts facts_;
  std::map<Partition, Placement> placements_;
  std::vector<std::size_t> load_;                 // Partitions of each lane.
  std::map<std::string, std::string> topic_ids_;  // Of the topics being read.
  int missing_rounds_ = 0;
  bool is_first_done_ = false;
  std::promise<Status> first_;

  std::future<Status> first_outcome_;
  std::jthread thread_;  // Last: ends before what it uses.
};

}  // namespace weir::kafka
