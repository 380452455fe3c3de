#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <map>
#include <unistd.h>

#include "client.h"

namespace weir::soak {
namespace {

constexpr int kPollMilliseconds = 100;

bool write_frame(std::uint8_t topic, const rd_kafka_message_t& message) {
  unsigned char head[14];
  const auto offset = static_cast<std::uint64_t>(message.offset);
  const auto size = static_cast<std::uint32_t>(message.len);
  head[0] = topic;
  head[1] = static_cast<unsigned char>(message.partition);
  std::memcpy(head + 2, &offset, sizeof(offset));
  std::memcpy(head + 10, &size, sizeof(size));
  return std::fwrite(head, 1, sizeof(head), stdout) == sizeof(head) &&
         std::fwrite(message.payload, 1, message.len, stdout) == message.len;
}

}  // namespace

int read(const std::vector<std::string>& words) {
  const Client client = open_client(RD_KAFKA_CONSUMER,
                                    {{"bootstrap.servers", words[0]},
                                     {"group.id", "soak-reader"},
                                     {"enable.auto.commit", "false"},
                                     {"auto.offset.reset", "error"},
                                     {"isolation.level", "read_committed"},
                                     {"reconnect.backoff.max.ms", "500"}},
                                    nullptr);
  if (!client) return 1;
  rd_kafka_poll_set_consumer(client.get());
  const int partitions = std::atoi(words[1].c_str());
  const PartitionList list(rd_kafka_topic_partition_list_new(partitions));
  std::map<std::string, std::uint8_t> numbers;
  for (std::size_t i = 2; i < words.size(); ++i) {
    numbers[words[i]] = static_cast<std::uint8_t>(i - 2);
    for (int partition = 0; partition < partitions; ++partition)
      rd_kafka_topic_partition_list_add(list.get(), words[i].c_str(), partition)->offset = 0;
  }
  if (rd_kafka_assign(client.get(), list.get()) != RD_KAFKA_RESP_ERR_NO_ERROR) return 1;
  const pid_t parent = getppid();
  while (getppid() == parent) {
    rd_kafka_message_t* message = rd_kafka_consumer_poll(client.get(), kPollMilliseconds);
    if (message == nullptr) {
      if (std::fflush(stdout) != 0) return 0;  // Who started it has gone.
      continue;
    }
    bool is_written = true;
    if (message->err == RD_KAFKA_RESP_ERR_NO_ERROR) {
      is_written = write_frame(numbers.at(rd_kafka_topic_name(message->rkt)), *message);
    } else {
      std::fprintf(stderr, "soak_client: read: %s\n", rd_kafka_message_errstr(message));
    }
    rd_kafka_message_destroy(message);
    if (!is_written) return 0;
  }
  return 0;
}

}  // namespace weir::soak
