#pragma once

#include <cstdint>
#include <memory>

#include "connectors/kafka/sink.h"

namespace weir::kafka {

// Copies one message into the client's queue. `mark` comes back with its delivery report.
rd_kafka_resp_err_t produce(rd_kafka_t* client,
                            rd_kafka_topic_t* topic,
                            const OutMessage& message,
                            void* mark);

// What keeps the client from taking the message, in words.
Error refusal_of(rd_kafka_resp_err_t code,
                 rd_kafka_t* client,
                 std::string_view topic,
                 const OutMessage& message);

// Hands one task's messages to the producer that all writers of a sink share.
class Writer final : public SinkWriter {
 public:
  // `deliveries` is shared by the sink's writers.
  Writer(std::shared_ptr<Deliveries> deliveries, std::size_t index)
      : deliveries_(std::move(deliveries)), index_(index) {}

  Result<std::size_t> write(std::span<const OutMessage> messages) override;
  Result<Flush> flush() override;

 private:
  std::shared_ptr<Deliveries> deliveries_;
  std::size_t index_;
  std::uint64_t written_ = 0;
};

}  // namespace weir::kafka
