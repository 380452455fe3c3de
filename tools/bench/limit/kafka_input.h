#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "job.h"

struct rd_kafka_s;
struct rd_kafka_message_s;

namespace weir::limit {

enum class Consumption : std::uint8_t { Callback, Batch };

struct KafkaInputOptions {
  std::string brokers;
  std::string topic;
  std::uint32_t partitions = 0;
  Consumption consumption = Consumption::Callback;
  std::vector<std::string> properties;  // "name=value" for the client
};

// A topic from its beginning until every partition has delivered its end marker (a key that starts
// with '~'). One consumer, one thread of ours; what a message costs inside the client is part of
// the measurement.
class KafkaInput final {
 public:
  explicit KafkaInput(KafkaInputOptions options);
  KafkaInput(const KafkaInput&) = delete;
  KafkaInput& operator=(const KafkaInput&) = delete;
  ~KafkaInput();

  bool is_open() const { return client_ != nullptr; }
  std::uint64_t run(Job& job);

 private:
  void take(const rd_kafka_message_s& message);

  KafkaInputOptions options_;
  rd_kafka_s* client_ = nullptr;  // owned
  Job* job_ = nullptr;            // while run() is at work
  std::uint64_t records_ = 0;
  std::uint32_t ended_ = 0;
  std::string padded_;  // a copy of a message that ends too close to the end of its page
};

}  // namespace weir::limit
