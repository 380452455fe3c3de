#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/log.h"
#include "connectors/kafka/group_state.h"
#include "connectors/kafka/settings.h"
#include "connectors/kafka/transaction_gate.h"
#include "connectors/transaction.h"

namespace weir::kafka {

// The exactly-once sinks of one job as Kafka transactions: one producer for all of them, and two
// transactional ids, `weir-JOB-a` and `weir-JOB-b`. A request whose answer never came may reach
// the cluster inside a later transaction, which it would tear or undo; so after one, the id is
// fenced, and the job goes on with the other.
class KafkaTransaction final : public EpochTransaction {
 public:
  struct Options {
    std::string job;  // Also the group.
    ClusterSpec cluster;
    std::vector<SourceSettings> sources;  // Those of the same cluster.
    std::vector<std::string> topics;      // Of the sinks.
    Properties own;                       // For the producer.
    bool changes_id = true;               // False shows what an unanswered request can do.
  };

  // The owner outlives it; the gate is shared with the sinks' writers.
  KafkaTransaction(Options options,
                   JobOwner& owner,
                   std::shared_ptr<TransactionGate> gate,
                   const Log& log);
  ~KafkaTransaction() override;

  // Unavailable, also: the coordinator is away, ask again. Invalid: a right is missing, or another
  // owner has taken the job over. NotFound: a sink's topic is not there.
  Result<Recovered> recover() override;
  // By a transaction that stamps the offsets of the last epoch again, with this owner's name.
  Status claim() override;
  Status flush(std::uint64_t epoch) override;
  // Retries what the client calls retriable, at most twice the transaction's timeout.
  Status commit(std::uint64_t epoch, const std::vector<SourcePositions>& positions) override;

 private:
  using Producer = std::shared_ptr<TransactionalProducer>;

  Result<Producer> take_over(char id) const;
  Result<GroupState> ask_group(Client& consumer) const;
  Status check_owner(const std::optional<EpochStamp>& last) const;
  Status check_topics(Client& consumer) const;
  Status claim_open();
  Status commit_offsets(std::uint64_t epoch, const std::string& committed_by);
  Status commit_open(std::uint64_t epoch, const std::vector<SourcePositions>& positions);
  void note_positions(const std::vector<SourcePositions>& positions);
  Handle<rd_kafka_topic_partition_list_t> stamp_all(std::uint64_t epoch,
                                                    const std::string& committed_by);
  Status change_id(std::string_view unanswered);
  void abandon();

  // Set at construction.
  Options options_;
  std::shared_ptr<TransactionGate> gate_;
  Log log_;

  // Touched only on the commit thread.
  JobOwner& owner_;
  Producer producer_;  // None: recover() is due.
  char id_ = 'a';
  std::optional<Partition> marker_;
  std::map<Partition, GroupState::Stamped> stamped_;
  std::uint64_t recovered_ = 0;  // The epoch that recover() told, and whose it is.
  std::string recovered_of_;
};

}  // namespace weir::kafka
