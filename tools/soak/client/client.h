#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <librdkafka/rdkafka.h>

namespace weir::soak {

struct ClientDeleter {
  void operator()(rd_kafka_t* client) const { rd_kafka_destroy(client); }
};
using Client = std::unique_ptr<rd_kafka_t, ClientDeleter>;

struct ListDeleter {
  void operator()(rd_kafka_topic_partition_list_t* list) const {
    rd_kafka_topic_partition_list_destroy(list);
  }
};
using PartitionList = std::unique_ptr<rd_kafka_topic_partition_list_t, ListDeleter>;

using Settings = std::vector<std::pair<std::string, std::string>>;

// Null, and a line on standard error, when the settings are wrong. `failures`, when given, counts
// messages that were not delivered; it outlives the client.
Client open_client(rd_kafka_type_t type, const Settings& settings, std::uint64_t* failures);

// The parts of "a,b,c".
std::vector<std::string> split(const std::string& text, char separator);

// What the program's first word chooses; the rest of the words, and the exit code.
int feed(const std::vector<std::string>& words);
int read(const std::vector<std::string>& words);
int watch(const std::vector<std::string>& words);

}  // namespace weir::soak
