#pragma once

#include <initializer_list>
#include <string>
#include <vector>

#include <librdkafka/rdkafka.h>
#include <librdkafka/rdkafka_mock.h>

namespace weir::kafka {

// The requests whose answers a test spoils, by their number in the protocol.
enum class Request : std::int16_t {
  Produce = 0,
  Fetch = 1,
  Metadata = 3,
  OffsetCommit = 8,
  OffsetFetch = 9
};

// The client's own stand-in for a cluster, in this process: answers with the errors it is told to.
class MockCluster final {
 public:
  MockCluster();
  ~MockCluster();
  MockCluster(const MockCluster&) = delete;
  MockCluster& operator=(const MockCluster&) = delete;

  std::string address() const;
  void create_topic(const std::string& name, int partitions);
  void produce(const std::string& topic, int partition, const std::vector<std::string>& values);

  // The next answers to such a request are these errors.
  void fail_next(Request request, std::initializer_list<rd_kafka_resp_err_t> errors);
  // How many there have been.
  std::size_t count(Request request) const;
  // Whatever is asked about the topic.
  void fail_topic(const std::string& name, rd_kafka_resp_err_t error);
  void set_reachable(bool is_reachable);

 private:
  rd_kafka_t* producer_;
  rd_kafka_mock_cluster_t* cluster_;
};

}  // namespace weir::kafka
