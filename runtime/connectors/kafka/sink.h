#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/guarded.h"
#include "base/log.h"
#include "connectors/kafka/client.h"
#include "connectors/kafka/settings.h"
#include "connectors/sink.h"

namespace weir::kafka {

// How the messages of each writer fare. One idempotent producer serves all writers; whichever of
// them is called takes the cluster's answers for all.
class Deliveries final {
 public:
  Deliveries(std::shared_ptr<Client> client, std::string topic, std::size_t writers);

  const std::shared_ptr<Client>& client() const { return client_; }
  rd_kafka_topic_t* topic() const { return topic_.get(); }
  const std::string& topic_name() const { return name_; }

  // Takes the answers that are there. Never blocks.
  void serve();

  // How many messages of this writer have been acknowledged; or the first that never will be.
  Result<std::uint64_t> acknowledged(std::size_t writer) const;

  // For the message that is being written: how its answer finds the writer.
  static void* mark_of(std::size_t writer);

 private:
  struct Tally {
    std::uint64_t acknowledged = 0;
    std::optional<Error> failure;
  };

  void count(rd_kafka_event_t* reports);
  Error failure_of(const rd_kafka_message_t& message) const;

  // Set at construction.
  std::shared_ptr<Client> client_;
  std::string name_;
  Handle<rd_kafka_topic_t> topic_;

  Guarded<std::vector<Tally>> tallies_;
};

// A topic as a sink: at least once.
class KafkaSink final : public Sink {
 public:
  KafkaSink(SinkSettings settings, const Log& log);

  Delivery delivery() const override { return Delivery::AtLeastOnce; }
  Result<std::vector<std::unique_ptr<SinkWriter>>> open_writers(std::size_t count) override;
  std::optional<std::string> trouble() const override {
    return client_ ? client_->trouble() : std::nullopt;
  }

 private:
  SinkSettings settings_;
  Log log_;
  std::shared_ptr<Client> client_;
};

}  // namespace weir::kafka
