#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "connectors/kafka/settings.h"
#include "connectors/kafka/transaction_gate.h"
#include "connectors/sink.h"

namespace weir::kafka {

// Hands one task's messages to the job's open transaction. What makes the transaction fail is said
// by EpochTransaction::flush: until then messages are taken and dropped, so that barriers pass.
class TransactionalWriter final : public SinkWriter {
 public:
  TransactionalWriter(std::shared_ptr<TransactionGate> gate, const SinkSettings& settings)
      : gate_(std::move(gate)), topic_name_(settings.topic), compression_(settings.compression) {}

  Result<std::size_t> write(std::span<const OutMessage> messages) override;
  // Nothing to wait for: the epoch is flushed as a whole.
  Result<Flush> flush() override { return Flush::Complete; }
  void seal(std::uint64_t epoch) override;

 private:
  bool join();
  Result<std::size_t> write_open(std::span<const OutMessage> messages);

  // Set at construction.
  std::shared_ptr<TransactionGate> gate_;
  std::string topic_name_;
  std::optional<std::string> compression_;

  // Touched only on the worker thread.
  std::shared_ptr<TransactionalProducer> producer_;  // Of the transaction that is written to.
  rd_kafka_topic_t* topic_ = nullptr;                // The producer's.
  std::uint64_t life_ = 0;                           // When it last sealed.
  std::uint64_t sealed_ = 0;                         // The epoch it sealed then; 0: none.
};

// A topic as a sink that takes part in the job's transaction.
class TransactionalSink final : public Sink {
 public:
  TransactionalSink(SinkSettings settings, std::shared_ptr<TransactionGate> gate)
      : settings_(std::move(settings)), gate_(std::move(gate)) {}

  Delivery delivery() const override { return Delivery::Transactional; }
  Result<std::vector<std::unique_ptr<SinkWriter>>> open_writers(std::size_t count) override;
  std::optional<std::string> trouble() const override;

 private:
  SinkSettings settings_;
  std::shared_ptr<TransactionGate> gate_;
};

}  // namespace weir::kafka
