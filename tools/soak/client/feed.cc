#include <cstdio>
#include <cstring>
#include <memory>

#include "client.h"

namespace weir::soak {
namespace {

constexpr int kPollMilliseconds = 100;
constexpr int kRefusalsMax = 600;  // a minute of them
constexpr std::uint8_t kMark = 255;

struct TopicDeleter {
  void operator()(rd_kafka_topic_t* topic) const { rd_kafka_topic_destroy(topic); }
};

struct Frame {
  std::uint8_t topic = 0;
  std::uint8_t partition = 0;
  std::string value;
};

bool read_frame(std::FILE* from, Frame& frame) {
  unsigned char head[6];
  if (std::fread(head, 1, sizeof(head), from) != sizeof(head)) return false;
  std::uint32_t size = 0;
  std::memcpy(&size, head + 2, sizeof(size));
  frame.topic = head[0];
  frame.partition = head[1];
  frame.value.resize(size);
  return std::fread(frame.value.data(), 1, size, from) == size;
}

class Feeder final {
 public:
  // Has to be called first.
  bool open(const std::vector<std::string>& words) {
    client_ = open_client(RD_KAFKA_PRODUCER,
                          {{"bootstrap.servers", words[0]},
                           {"enable.idempotence", "true"},
                           {"message.timeout.ms", "0"},
                           {"linger.ms", "5"},
                           {"reconnect.backoff.max.ms", "500"},
                           {"topic.metadata.refresh.interval.ms", "1000"},
                           {"delivery.report.only.error", "true"}},
                          &failures_);
    if (!client_) return false;
    for (std::size_t i = 1; i < words.size(); ++i)
      topics_.emplace_back(rd_kafka_topic_new(client_.get(), words[i].c_str(), nullptr));
    return true;
  }

  // What the client does not take at once (a full queue, a partition it has not heard of yet), it
  // is asked to take again.
  bool produce(const Frame& frame) {
    for (int refusals = 0; refusals < kRefusalsMax; ++refusals) {
      // The client copies the value, whatever its signature says.
      if (rd_kafka_produce(topics_.at(frame.topic).get(),
                           frame.partition,
                           RD_KAFKA_MSG_F_COPY,
                           const_cast<char*>(frame.value.data()),
                           frame.value.size(),
                           nullptr,
                           0,
                           nullptr) == 0) {
        return true;
      }
      const auto error = rd_kafka_last_error();
      if (error != RD_KAFKA_RESP_ERR__QUEUE_FULL && error != RD_KAFKA_RESP_ERR__UNKNOWN_PARTITION) {
        return fail(rd_kafka_err2str(error));
      }
      rd_kafka_poll(client_.get(), kPollMilliseconds);
    }
    return fail("refused for too long");
  }

  bool flush() {
    while (rd_kafka_flush(client_.get(), kPollMilliseconds) != RD_KAFKA_RESP_ERR_NO_ERROR) {
      char reason[256];
      if (rd_kafka_fatal_error(client_.get(), reason, sizeof(reason)) !=
          RD_KAFKA_RESP_ERR_NO_ERROR) {
        return fail(reason);
      }
    }
    return failures_ == 0 || fail("not everything was delivered");
  }

 private:
  static bool fail(const char* reason) {
    std::fprintf(stderr, "soak_client: feed: %s\n", reason);
    return false;
  }

  std::uint64_t failures_ = 0;
  Client client_;
  std::vector<std::unique_ptr<rd_kafka_topic_t, TopicDeleter>> topics_;  // Go before the client.
};

}  // namespace

int feed(const std::vector<std::string>& words) {
  Feeder feeder;
  if (!feeder.open(words)) return 1;
  Frame frame;
  while (read_frame(stdin, frame)) {
    if (frame.topic != kMark) {
      if (!feeder.produce(frame)) return 1;
      continue;
    }
    if (!feeder.flush()) return 1;
    std::puts("acknowledged");
    std::fflush(stdout);
  }
  return feeder.flush() ? 0 : 1;
}

}  // namespace weir::soak
