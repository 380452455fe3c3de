#pragma once

#include <memory>
#include <optional>
#include <vector>

#include "base/log.h"
#include "connectors/kafka/client.h"
#include "connectors/kafka/partition_finder.h"
#include "connectors/kafka/settings.h"
#include "connectors/source.h"

namespace weir::kafka {

// Topics of one cluster as a source. One client for all readers; the partitions are assigned by
// hand, so there is no group to rebalance, but positions are committed for a group of the job's
// name.
class KafkaSource final : public Source {
 public:
  KafkaSource(SourceSettings settings, const Log& log);
  ~KafkaSource() override;

  // Where the cluster does not answer, nothing is gone as far as one knows.
  Result<std::vector<std::string>> gone(std::span<const SplitPosition> known) override;

  Result<std::vector<std::unique_ptr<SourceReader>>> open_readers(
      std::size_t count, std::span<const SplitPosition> restored) override;

  // Sends the positions and looks at how the last ones fared. While an answer is due, newer
  // positions wait for the next call, or for the end of the source.
  Status commit(std::span<const SplitPosition> positions) override;

  std::optional<std::string> trouble() const override {
    return client_ ? client_->trouble() : std::nullopt;
  }

 private:
  Status send(const rd_kafka_topic_partition_list_t* positions);
  Status take_answer(int wait_ms);

  // Set at construction.
  SourceSettings settings_;
  Log log_;

  // Touched on one thread at a time, see Source.
  std::shared_ptr<Client> client_;
  std::unique_ptr<PartitionFinder> finder_;
  Handle<rd_kafka_queue_t> answers_;
  Handle<rd_kafka_topic_partition_list_t> waiting_;  // To be sent when the answer is there.
  bool is_answer_due_ = false;
};

}  // namespace weir::kafka
