#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

struct rd_kafka_s;
struct rd_kafka_topic_s;

namespace weir::limit {

// Result rows to a topic, a thousand in one call of the client.
class KafkaRows final {
 public:
  KafkaRows(const std::string& brokers, const std::string& topic);
  KafkaRows(const KafkaRows&) = delete;
  KafkaRows& operator=(const KafkaRows&) = delete;
  ~KafkaRows();

  bool is_open() const { return client_ != nullptr; }
  void add(std::string_view key, std::string_view json);

  // False if not everything was acknowledged.
  bool finish();

 private:
  struct Range {
    std::size_t key_size;
    std::size_t size;
  };

  void produce();

  rd_kafka_s* client_ = nullptr;       // owned
  rd_kafka_topic_s* topic_ = nullptr;  // owned
  std::string bytes_;
  std::vector<Range> rows_;  // one behind the other in `bytes_`
  bool is_complete_ = true;
};

}  // namespace weir::limit
