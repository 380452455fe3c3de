#include <cstdio>
#include <cstdlib>
#include <unistd.h>

#include "client.h"

namespace weir::soak {
namespace {

constexpr int kEveryMilliseconds = 100;
constexpr int kAnswerMilliseconds = 2'000;

// The offsets of one job's group.
class Group final {
 public:
  bool open(const std::string& brokers, int partitions, const std::string& word) {
    const std::vector<std::string> parts = split(word, '=');
    if (parts.size() != 2) return false;
    job_ = parts[0];
    client_ = open_client(RD_KAFKA_CONSUMER,
                          {{"bootstrap.servers", brokers},
                           {"group.id", job_},
                           {"enable.auto.commit", "false"},
                           // What an open transaction is about to commit is not waited for.
                           {"isolation.level", "read_uncommitted"},
                           {"reconnect.backoff.max.ms", "500"}},
                          nullptr);
    if (!client_) return false;
    list_.reset(rd_kafka_topic_partition_list_new(partitions));
    for (const std::string& topic : split(parts[1], ',')) {
      for (int partition = 0; partition < partitions; ++partition)
        rd_kafka_topic_partition_list_add(list_.get(), topic.c_str(), partition);
    }
    return true;
  }

  void print() {
    const auto error = rd_kafka_committed(client_.get(), list_.get(), kAnswerMilliseconds);
    if (error != RD_KAFKA_RESP_ERR_NO_ERROR) {
      std::printf("%s away %s\n", job_.c_str(), rd_kafka_err2name(error));
    } else {
      std::printf("%s", job_.c_str());
      for (int i = 0; i < list_->cnt; ++i) {
        const auto offset = list_->elems[i].offset;
        std::printf(" %lld", static_cast<long long>(offset < 0 ? -1 : offset));
      }
      std::printf("\n");
    }
    rd_kafka_poll(client_.get(), 0);
  }

  void pause() { rd_kafka_poll(client_.get(), kEveryMilliseconds); }

 private:
  std::string job_;
  Client client_;
  PartitionList list_;
};

}  // namespace

int watch(const std::vector<std::string>& words) {
  const int partitions = std::atoi(words[1].c_str());
  std::vector<Group> groups(words.size() - 2);
  for (std::size_t i = 0; i < groups.size(); ++i) {
    if (!groups[i].open(words[0], partitions, words[i + 2])) return 1;
  }
  const pid_t parent = getppid();
  while (!groups.empty() && getppid() == parent) {
    for (Group& group : groups)
      group.print();
    if (std::fflush(stdout) != 0) return 0;  // Who started it has gone.
    groups.front().pause();
  }
  return 0;
}

}  // namespace weir::soak
