#include "kafka_rows.h"

#include <array>
#include <cstdio>
#include <utility>

#include <librdkafka/rdkafka.h>

namespace weir::limit {
namespace {

constexpr std::size_t kBatch = 1'000;
constexpr int kFinishMilliseconds = 60'000;

}  // namespace

KafkaRows::KafkaRows(const std::string& brokers, const std::string& topic) {
  std::array<char, 512> reason = {};
  rd_kafka_conf_t* settings = rd_kafka_conf_new();
  const std::array<std::pair<const char*, const char*>, 5> wanted = {{
      {"bootstrap.servers", brokers.c_str()},
      {"enable.idempotence", "true"},
      {"linger.ms", "20"},
      {"batch.num.messages", "100000"},
      {"queue.buffering.max.messages", "500000"},
  }};
  for (const auto& [name, value] : wanted) {
    rd_kafka_conf_set(settings, name, value, reason.data(), reason.size());
  }
  client_ = rd_kafka_new(RD_KAFKA_PRODUCER, settings, reason.data(), reason.size());
  if (client_ == nullptr) {
    std::fprintf(stderr, "limit: %s\n", reason.data());
    rd_kafka_conf_destroy(settings);
    return;
  }
  topic_ = rd_kafka_topic_new(client_, topic.c_str(), nullptr);
}

KafkaRows::~KafkaRows() {
  if (topic_ != nullptr) rd_kafka_topic_destroy(topic_);
  if (client_ != nullptr) rd_kafka_destroy(client_);
}

void KafkaRows::add(std::string_view key, std::string_view json) {
  bytes_.append(key).append(json);
  rows_.push_back({.key_size = key.size(), .size = key.size() + json.size()});
  if (rows_.size() == kBatch) produce();
}

void KafkaRows::produce() {
  std::array<rd_kafka_message_t, kBatch> messages = {};
  char* at = bytes_.data();
  for (std::size_t i = 0; i < rows_.size(); ++i) {
    messages[i].key = at;
    messages[i].key_len = rows_[i].key_size;
    messages[i].payload = at + rows_[i].key_size;
    messages[i].len = rows_[i].size - rows_[i].key_size;
    at += rows_[i].size;
  }
  const auto count = static_cast<int>(rows_.size());
  const int accepted = rd_kafka_produce_batch(topic_,
                                              RD_KAFKA_PARTITION_UA,
                                              RD_KAFKA_MSG_F_COPY | RD_KAFKA_MSG_F_BLOCK,
                                              messages.data(),
                                              count);
  is_complete_ = is_complete_ && accepted == count;
  bytes_.clear();
  rows_.clear();
  rd_kafka_poll(client_, 0);
}

bool KafkaRows::finish() {
  produce();
  return rd_kafka_flush(client_, kFinishMilliseconds) == RD_KAFKA_RESP_ERR_NO_ERROR && is_complete_;
}

}  // namespace weir::limit
