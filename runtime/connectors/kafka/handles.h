#pragma once

#include <memory>

#include <librdkafka/rdkafka.h>

namespace weir::kafka {

struct Release {
  void operator()(rd_kafka_t* it) const { rd_kafka_destroy(it); }
  void operator()(rd_kafka_conf_t* it) const { rd_kafka_conf_destroy(it); }
  void operator()(rd_kafka_topic_t* it) const { rd_kafka_topic_destroy(it); }
  void operator()(rd_kafka_queue_t* it) const { rd_kafka_queue_destroy(it); }
  void operator()(rd_kafka_event_t* it) const { rd_kafka_event_destroy(it); }
  void operator()(rd_kafka_error_t* it) const { rd_kafka_error_destroy(it); }
  void operator()(rd_kafka_headers_t* it) const { rd_kafka_headers_destroy(it); }
  void operator()(rd_kafka_AdminOptions_t* it) const { rd_kafka_AdminOptions_destroy(it); }
  void operator()(rd_kafka_TopicCollection_t* it) const { rd_kafka_TopicCollection_destroy(it); }
  void operator()(rd_kafka_topic_partition_list_t* it) const {
    rd_kafka_topic_partition_list_destroy(it);
  }
  void operator()(rd_kafka_ListConsumerGroupOffsets_t* it) const {
    rd_kafka_ListConsumerGroupOffsets_destroy(it);
  }
  void operator()(rd_kafka_consumer_group_metadata_t* it) const {
    rd_kafka_consumer_group_metadata_destroy(it);
  }
  void operator()(const rd_kafka_metadata_t* it) const { rd_kafka_metadata_destroy(it); }
};

// Owns something the client made.
template <class T>
using Handle = std::unique_ptr<T, Release>;

}  // namespace weir::kafka
