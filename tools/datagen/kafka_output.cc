#include <array>
#include <cstdio>
#include <string>
#include <utility>

#include <librdkafka/rdkafka.h>

#include "output.h"

namespace weir::datagen {
namespace {

constexpr std::size_t kBatchLines = 1'000;
constexpr std::size_t kBatchBytes = kBatchLines * 512;
constexpr int kFinishMilliseconds = 120'000;

// What waits to be produced to one partition. Bytes are appended to one block which the client
// copies.
struct Batch {
  rd_kafka_topic_t* topic = nullptr;
  std::int32_t partition = 0;
  std::string bytes;
  std::vector<rd_kafka_message_t> messages;
};

class KafkaOutput final : public Output {
 public:
  KafkaOutput(rd_kafka_t* client, const std::vector<std::string>& topics, std::uint32_t partitions)
      : client_(client), partitions_(partitions) {
    for (const auto& name : topics) {
      topics_.push_back(rd_kafka_topic_new(client, name.c_str(), nullptr));
      for (std::uint32_t partition = 0; partition < partitions; ++partition) {
        Batch batch;
        batch.topic = topics_.back();
        batch.partition = static_cast<std::int32_t>(partition);
        batch.bytes.reserve(kBatchBytes);  // never grows: messages point into it
        batches_.push_back(std::move(batch));
      }
    }
  }

  KafkaOutput(const KafkaOutput&) = delete;
  KafkaOutput& operator=(const KafkaOutput&) = delete;

  ~KafkaOutput() override {
    for (auto* topic : topics_) {
      rd_kafka_topic_destroy(topic);
    }
    rd_kafka_destroy(client_);
  }

  void add(const Line& line) override {
    Batch& batch = batches_[line.stream * partitions_ + line.partition];
    if (batch.bytes.size() + line.key.size() + line.json.size() > kBatchBytes ||
        batch.messages.size() == kBatchLines) {
      produce(batch);
    }
    char* const start = batch.bytes.data() + batch.bytes.size();
    batch.bytes.append(line.key).append(line.json);
    rd_kafka_message_t message = {};
    message.key = start;
    message.key_len = line.key.size();
    message.payload = start + line.key.size();
    message.len = line.json.size();
    batch.messages.push_back(message);
  }

  std::string finish() override {
    for (auto& batch : batches_) {
      produce(batch);
    }
    if (failure_.empty() &&
        rd_kafka_flush(client_, kFinishMilliseconds) != RD_KAFKA_RESP_ERR_NO_ERROR) {
      failure_ = "not everything was acknowledged";
    }
    return failure_;
  }

 private:
  void produce(Batch& batch) {
    const auto count = static_cast<int>(batch.messages.size());
    const int accepted = rd_kafka_produce_batch(batch.topic,
                                                batch.partition,
                                                RD_KAFKA_MSG_F_COPY | RD_KAFKA_MSG_F_BLOCK,
                                                batch.messages.data(),
                                                count);
    if (accepted != count && failure_.empty()) failure_ = "the client refused messages";
    batch.messages.clear();
    batch.bytes.clear();
    rd_kafka_poll(client_, 0);
  }

  rd_kafka_t* client_;  // owned
  std::uint32_t partitions_;
  std::vector<rd_kafka_topic_t*> topics_;  // owned
  std::vector<Batch> batches_;             // topic by topic
  std::string failure_;
};

}  // namespace

std::unique_ptr<Output> kafka_output(const std::string& brokers,
                                     const std::vector<std::string>& topics,
                                     std::uint32_t partitions,
                                     const std::string& compression) {
  std::array<char, 512> reason = {};
  rd_kafka_conf_t* settings = rd_kafka_conf_new();
  const std::vector<std::pair<std::string, std::string>> wanted = {
      {"bootstrap.servers", brokers},
      {"enable.idempotence", "true"},
      {"compression.type", compression},
      {"linger.ms", "50"},
      {"batch.num.messages", "100000"},
      {"queue.buffering.max.messages", "500000"},
  };
  for (const auto& [name, value] : wanted) {
    if (rd_kafka_conf_set(settings, name.c_str(), value.c_str(), reason.data(), reason.size()) !=
        RD_KAFKA_CONF_OK) {
      std::fprintf(stderr, "datagen: %s\n", reason.data());
      rd_kafka_conf_destroy(settings);
      return nullptr;
    }
  }
  rd_kafka_t* client = rd_kafka_new(RD_KAFKA_PRODUCER, settings, reason.data(), reason.size());
  if (client == nullptr) {
    std::fprintf(stderr, "datagen: %s\n", reason.data());
    rd_kafka_conf_destroy(settings);
    return nullptr;
  }
  return std::make_unique<KafkaOutput>(client, topics, partitions);
}

}  // namespace weir::datagen
