#pragma once

#include <cstdint>
#include <memory>

#include "connectors/kafka/sink.h"

namespace weir::kafka {

// Hands one task's messages to the producer that all writers of a sink share.
class Writer final : public SinkWriter {
 public:
  // `deliveries` is shared by the sink's writers.
  Writer(std::shared_ptr<Deliveries> deliveries, std::size_t index)
      : deliveries_(std::move(deliveries)), index_(index) {}

  Result<std::size_t> write(std::span<const OutMessage> messages) override;
  Result<Flush> flush() override;

 private:
  rd_kafka_resp_err_t produce(const OutMessage& message);
  Error refusal(rd_kafka_resp_err_t code, const OutMessage& message) const;

  std::shared_ptr<Deliveries> deliveries_;
  std::size_t index_;
  std::uint64_t written_ = 0;
};

}  // namespace weir::kafka
