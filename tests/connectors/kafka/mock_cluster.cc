#include "connectors/kafka/mock_cluster.h"

#include <algorithm>

#include "base/check.h"

namespace weir::kafka {
namespace {

constexpr int kFlushMs = 20'000;

}  // namespace

MockCluster::MockCluster() {
  rd_kafka_conf_t* configuration = rd_kafka_conf_new();
  rd_kafka_conf_set(configuration, "test.mock.num.brokers", "1", nullptr, 0);
  rd_kafka_conf_set(configuration, "log_level", "0", nullptr, 0);
  producer_ = rd_kafka_new(RD_KAFKA_PRODUCER, configuration, nullptr, 0);
  CHECK(producer_ != nullptr);
  cluster_ = rd_kafka_handle_mock_cluster(producer_);
  // It says that broker 0 is the controller, and has brokers from 1 on.
  CHECK(rd_kafka_mock_broker_add(cluster_, 0) == 0);
  rd_kafka_mock_start_request_tracking(cluster_);
}

MockCluster::~MockCluster() {
  rd_kafka_destroy(producer_);
}

std::string MockCluster::address() const {
  return rd_kafka_mock_cluster_bootstraps(cluster_);
}

void MockCluster::create_topic(const std::string& name, int partitions) {
  CHECK(rd_kafka_mock_topic_create(cluster_, name.c_str(), partitions, 1) == 0);
}

void MockCluster::produce(const std::string& topic,
                          int partition,
                          const std::vector<std::string>& values) {
  for (const std::string& value : values) {
    CHECK(rd_kafka_producev(producer_,
                            RD_KAFKA_V_TOPIC(topic.c_str()),
                            RD_KAFKA_V_PARTITION(partition),
                            RD_KAFKA_V_MSGFLAGS(RD_KAFKA_MSG_F_COPY),
                            RD_KAFKA_V_VALUE(const_cast<char*>(value.data()), value.size()),
                            RD_KAFKA_V_END) == 0);
  }
  CHECK(rd_kafka_flush(producer_, kFlushMs) == 0);
}

void MockCluster::fail_next(Request request, std::initializer_list<rd_kafka_resp_err_t> errors) {
  rd_kafka_mock_push_request_errors_array(
      cluster_, static_cast<std::int16_t>(request), errors.size(), errors.begin());
}

std::size_t MockCluster::count(Request request) const {
  std::size_t total = 0;
  rd_kafka_mock_request_t** requests = rd_kafka_mock_get_requests(cluster_, &total);
  const auto count = std::count_if(requests, requests + total, [&](auto* each) {
    return rd_kafka_mock_request_api_key(each) == static_cast<std::int16_t>(request);
  });
  rd_kafka_mock_request_destroy_array(requests, total);
  return static_cast<std::size_t>(count);
}

void MockCluster::fail_topic(const std::string& name, rd_kafka_resp_err_t error) {
  rd_kafka_mock_topic_set_error(cluster_, name.c_str(), error);
}

void MockCluster::set_reachable(bool is_reachable) {
  if (is_reachable) {
    rd_kafka_mock_broker_set_up(cluster_, -1);
  } else {
    rd_kafka_mock_broker_set_down(cluster_, -1);
  }
}

}  // namespace weir::kafka
