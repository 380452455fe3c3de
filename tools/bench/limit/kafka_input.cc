#include "kafka_input.h"

#include <algorithm>
#include <array>
#include <cstdio>

#include <librdkafka/rdkafka.h>

namespace weir::limit {
namespace {

constexpr int kWaitMilliseconds = 100;
constexpr std::size_t kBatch = 1'000;
constexpr std::uintptr_t kPage = 4'096;
constexpr std::size_t kPadding = 64;

// The client's buffers have no padding, but a read that stays on the page of the last byte cannot
// fault.
bool may_read_behind(const char* end) {
  const auto within_page = (reinterpret_cast<std::uintptr_t>(end) - 1) % kPage;
  return within_page + kPadding < kPage;
}

bool set(rd_kafka_conf_t* settings, const std::string& name, const std::string& value) {
  std::array<char, 512> reason = {};
  if (rd_kafka_conf_set(settings, name.c_str(), value.c_str(), reason.data(), reason.size()) ==
      RD_KAFKA_CONF_OK) {
    return true;
  }
  std::fprintf(stderr, "limit: %s\n", reason.data());
  return false;
}

}  // namespace

KafkaInput::KafkaInput(KafkaInputOptions options) : options_(std::move(options)) {
  rd_kafka_conf_t* settings = rd_kafka_conf_new();
  bool is_valid =
      set(settings, "bootstrap.servers", options_.brokers) && set(settings, "group.id", "limit") &&
      set(settings, "enable.auto.commit", "false") &&
      set(settings, "fetch.queue.backoff.ms", "5") && set(settings, "fetch.max.bytes", "2097152") &&
      set(settings, "queued.max.messages.kbytes", "8192");
  for (const auto& property : options_.properties) {
    const auto equals = property.find('=');
    is_valid = is_valid && equals != std::string::npos &&
               set(settings, property.substr(0, equals), property.substr(equals + 1));
  }
  std::array<char, 512> reason = {};
  if (is_valid) {
    client_ = rd_kafka_new(RD_KAFKA_CONSUMER, settings, reason.data(), reason.size());
  }
  if (client_ == nullptr) {
    std::fprintf(stderr, "limit: no consumer %s\n", reason.data());
    rd_kafka_conf_destroy(settings);
    return;
  }
  rd_kafka_topic_partition_list_t* all = rd_kafka_topic_partition_list_new(0);
  for (const auto& topic : options_.topics) {
    for (std::uint32_t partition = 0; partition < options_.partitions; ++partition) {
      rd_kafka_topic_partition_list_add(all, topic.c_str(), static_cast<std::int32_t>(partition))
          ->offset = RD_KAFKA_OFFSET_BEGINNING;
    }
  }
  rd_kafka_assign(client_, all);
  rd_kafka_topic_partition_list_destroy(all);
}

KafkaInput::~KafkaInput() {
  if (client_ == nullptr) return;
  rd_kafka_consumer_close(client_);
  rd_kafka_destroy(client_);
}

std::uint32_t KafkaInput::first_partition_of(const rd_kafka_topic_s* topic) {
  if (topic == topic_) return first_partition_;
  const auto found = std::find(
      options_.topics.begin(), options_.topics.end(), std::string_view(rd_kafka_topic_name(topic)));
  topic_ = topic;
  first_partition_ =
      static_cast<std::uint32_t>(found - options_.topics.begin()) * options_.partitions;
  return first_partition_;
}

void KafkaInput::take(const rd_kafka_message_s& message) {
  if (message.err != RD_KAFKA_RESP_ERR_NO_ERROR) {
    std::fprintf(stderr, "limit: %s\n", rd_kafka_message_errstr(&message));
    return;
  }
  std::string_view json(static_cast<const char*>(message.payload), message.len);
  if (!may_read_behind(json.data() + json.size())) {
    padded_.assign(json);
    padded_.resize(json.size() + kPadding);
    json = {padded_.data(), json.size()};
  }
  const auto partition = static_cast<std::uint32_t>(message.partition);
  job_->take(first_partition_of(message.rkt) + partition, json);
  ++records_;
  if (message.key_len > 0 && *static_cast<const char*>(message.key) == '~') ++ended_;
}

std::uint64_t KafkaInput::run(Job& job) {
  job_ = &job;
  rd_kafka_queue_t* queue = rd_kafka_queue_get_consumer(client_);
  std::array<rd_kafka_message_t*, kBatch> messages;
  while (ended_ < partitions()) {
    if (options_.consumption == Consumption::Callback) {
      const auto each = [](rd_kafka_message_t* message, void* self) {
        static_cast<KafkaInput*>(self)->take(*message);
      };
      rd_kafka_consume_callback_queue(queue, kWaitMilliseconds, each, this);
      continue;
    }
    const auto count =
        rd_kafka_consume_batch_queue(queue, kWaitMilliseconds, messages.data(), messages.size());
    for (ssize_t i = 0; i < count; ++i) {
      take(*messages[static_cast<std::size_t>(i)]);
      rd_kafka_message_destroy(messages[static_cast<std::size_t>(i)]);
    }
  }
  rd_kafka_queue_destroy(queue);
  job.finish();
  return records_;
}

}  // namespace weir::limit
