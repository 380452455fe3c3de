#include "connectors/kafka/transactional_sink.h"

#include <utility>

#include "base/format.h"
#include "connectors/kafka/trouble.h"
#include "connectors/kafka/writer.h"

namespace weir::kafka {

Result<std::size_t> TransactionalWriter::write(std::span<const OutMessage> messages) {
  if (!join()) return std::size_t{0};
  producer_->serve();
  if (producer_->has_failed()) return messages.size();
  return write_open(messages);
}

Result<std::size_t> TransactionalWriter::write_open(std::span<const OutMessage> messages) {
  rd_kafka_t* client = producer_->client()->handle();
  std::size_t taken = 0;
  for (const OutMessage& message : messages) {
    const rd_kafka_resp_err_t code = produce(client, topic_, message, nullptr);
    if (code == RD_KAFKA_RESP_ERR__QUEUE_FULL) break;
    if (code == RD_KAFKA_RESP_ERR_MSG_SIZE_TOO_LARGE) {
      return refusal_of(code, client, topic_name_, message);
    }
    if (code != RD_KAFKA_RESP_ERR_NO_ERROR) {
      producer_->note_failure(refusal_of(code, client, topic_name_, message));
      producer_->note_written(taken);
      return messages.size();
    }
    ++taken;
  }
  producer_->note_written(taken);
  return taken;
}

// Whether there is a transaction that takes what this writer writes next.
bool TransactionalWriter::join() {
  TransactionGate::Open open = gate_->open();
  const bool is_sealed = life_ == open.life && sealed_ > open.after;
  if (!open.producer || is_sealed) return false;
  if (open.producer != producer_) {
    topic_ = open.producer->topic(topic_name_, compression_);
    producer_ = std::move(open.producer);
  }
  return true;
}

// The barrier of an epoch without a message may come while the epoch before is not yet committed.
void TransactionalWriter::seal(std::uint64_t epoch) {
  life_ = gate_->open().life;
  sealed_ = epoch;
  producer_.reset();
}

Result<std::vector<std::unique_ptr<SinkWriter>>> TransactionalSink::open_writers(
    std::size_t count) {
  std::vector<std::unique_ptr<SinkWriter>> writers;
  for (std::size_t i = 0; i < count; ++i) {
    writers.push_back(std::make_unique<TransactionalWriter>(gate_, settings_));
  }
  return writers;
}

std::optional<std::string> TransactionalSink::trouble() const {
  const auto open = gate_->open();
  return open.producer ? open.producer->client()->trouble() : std::nullopt;
}

}  // namespace weir::kafka
