#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "job.h"

struct rd_kafka_s;
struct rd_kafka_message_s;
struct rd_kafka_topic_s;

namespace weir::limit {

enum class Consumption : std::uint8_t { Callback, Batch };

struct KafkaInputOptions {
  std::string brokers;
  std::vector<std::string> topics;
  std::uint32_t partitions = 0;  // of each topic; numbered through in the order of the topics
  Consumption consumption = Consumption::Callback;
  std::vector<std::string> properties;  // "name=value" for the client
};

// Topics from their beginning until every partition has delivered its end marker (a key that starts
// with '~'). One consumer, one thread of ours; what a message costs inside the client is part of
// the measurement.
class KafkaInput final {
 public:
  explicit KafkaInput(KafkaInputOptions options);
  KafkaInput(const KafkaInput&) = delete;
  KafkaInput& operator=(const KafkaInput&) = delete;
  ~KafkaInput();

  bool is_open() const { return client_ != nullptr; }
  std::uint32_t partitions() const {
    return options_.partitions * static_cast<std::uint32_t>(options_.topics.size());
  }
  std::uint64_t run(Job& job);

 private:
  void take(const rd_kafka_message_s& message);
  std::uint32_t first_partition_of(const rd_kafka_topic_s* topic);

  KafkaInputOptions options_;
  rd_kafka_s* client_ = nullptr;  // owned
  Job* job_ = nullptr;            // while run() is at work
  std::uint64_t records_ = 0;
  std::uint32_t ended_ = 0;
  const rd_kafka_topic_s* topic_ = nullptr;  // of the last message
  std::uint32_t first_partition_ = 0;        // of that topic
  std::string padded_;  // a copy of a message that ends too close to the end of its page
};

}  // namespace weir::limit
