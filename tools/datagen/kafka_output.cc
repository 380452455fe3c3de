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
constexpr int kMetadataMilliseconds = 10'000;

// The client calls back from flush and poll, on the thread that produces.
void count_failure(rd_kafka_t* /*client*/, const rd_kafka_message_t* message, void* failures) {
  if (message->err != RD_KAFKA_RESP_ERR_NO_ERROR) ++*static_cast<std::uint64_t*>(failures);
}

// Whether the broker knows the topic with at least so many partitions. Messages produced before the
// client knows them wait in a queue of their own, and half a million of them have been seen to wait
// there until they timed out.
bool has_partitions(rd_kafka_t* client, rd_kafka_topic_t* topic, std::uint32_t partitions) {
  const rd_kafka_metadata_t* found = nullptr;
  if (rd_kafka_metadata(client, 0, topic, &found, kMetadataMilliseconds) !=
      RD_KAFKA_RESP_ERR_NO_ERROR) {
    return false;
  }
  const bool has = found->topic_cnt == 1 && found->topics[0].err == RD_KAFKA_RESP_ERR_NO_ERROR &&
                   found->topics[0].partition_cnt >= static_cast<int>(partitions);
  rd_kafka_metadata_destroy(found);
  return has;
}

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
  KafkaOutput(rd_kafka_t* client,
              std::unique_ptr<std::uint64_t> failed,
              const std::vector<std::string>& topics,
              std::uint32_t partitions)
      : client_(client), failed_(std::move(failed)), partitions_(partitions) {
    for (const auto& name : topics) {
      topics_.push_back(rd_kafka_topic_new(client, name.c_str(), nullptr));
      if (!has_partitions(client, topics_.back(), partitions)) {
        failure_ = "no topic with so many partitions: " + name;
      }
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
    if (!failure_.empty()) return;
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

  void push() override {
    for (auto& batch : batches_) {
      produce(batch);
    }
  }

  std::string finish() override {
    push();
    const auto flushed = rd_kafka_flush(client_, kFinishMilliseconds);
    if (failure_.empty() && (flushed != RD_KAFKA_RESP_ERR_NO_ERROR || *failed_ > 0)) {
      failure_ = "not everything was acknowledged";
    }
    return failure_;
  }

 private:
  void produce(Batch& batch) {
    const auto count = static_cast<int>(batch.messages.size());
    if (count == 0) return;
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

  rd_kafka_t* client_;                     // owned
  std::unique_ptr<std::uint64_t> failed_;  // messages; the client points to it
  std::uint32_t partitions_;
  std::vector<rd_kafka_topic_t*> topics_;  // owned
  std::vector<Batch> batches_;             // topic by topic
  std::string failure_;
};

}  // namespace

std::unique_ptr<Output> kafka_output(const KafkaSettings& wanted,
                                     const std::vector<std::string>& topics,
                                     std::uint32_t partitions) {
  std::array<char, 512> reason = {};
  rd_kafka_conf_t* settings = rd_kafka_conf_new();
  const std::vector<std::pair<std::string, std::string>> pairs = {
      {"bootstrap.servers", wanted.brokers},
      {"enable.idempotence", "true"},
      {"compression.type", wanted.compression},
      {"linger.ms", wanted.linger},
      {"delivery.report.only.error", "true"},
      {"batch.num.messages", "100000"},
      {"queue.buffering.max.messages", "500000"},
  };
  for (const auto& [name, value] : pairs) {
    if (rd_kafka_conf_set(settings, name.c_str(), value.c_str(), reason.data(), reason.size()) !=
        RD_KAFKA_CONF_OK) {
      std::fprintf(stderr, "datagen: %s\n", reason.data());
      rd_kafka_conf_destroy(settings);
      return nullptr;
    }
  }
  auto failed = std::make_unique<std::uint64_t>(0);
  rd_kafka_conf_set_opaque(settings, failed.get());
  rd_kafka_conf_set_dr_msg_cb(settings, count_failure);
  rd_kafka_t* client = rd_kafka_new(RD_KAFKA_PRODUCER, settings, reason.data(), reason.size());
  if (client == nullptr) {
    std::fprintf(stderr, "datagen: %s\n", reason.data());
    rd_kafka_conf_destroy(settings);
    return nullptr;
  }
  return std::make_unique<KafkaOutput>(client, std::move(failed), topics, partitions);
}

}  // namespace weir::datagen
