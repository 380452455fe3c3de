#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/guarded.h"
#include "base/log.h"
#include "base/result.h"
#include "connectors/kafka/client.h"

namespace weir::kafka {

// What a producer of this transactional id is made with, over the cluster's properties.
Properties transactional_properties(const ClusterSpec& cluster, const std::string& id);

// How long the cluster lets a transaction be open.
std::chrono::milliseconds transaction_timeout(const ClusterSpec& cluster);

// How long a topic may be unknown before it counts as missing: news of it takes a moment to reach
// every broker.
std::chrono::milliseconds topic_patience(const ClusterSpec& cluster);

// A producer with a transactional id, and the transaction it has open. Tasks write, one thread at a
// time does the rest. After an error of anything but serve(), nothing is known of the transaction,
// and the producer is of no use any more.
class TransactionalProducer final {
 public:
  // Connects in the background. What waits is Unavailable within seconds once `stop` is requested.
  static Result<std::shared_ptr<TransactionalProducer>> open(const ClusterSpec& cluster,
                                                             const std::string& id,
                                                             Properties own,
                                                             const Log& log,
                                                             std::stop_token stop);
  // Gives an open transaction up.
  ~TransactionalProducer();
  TransactionalProducer(const TransactionalProducer&) = delete;
  TransactionalProducer& operator=(const TransactionalProducer&) = delete;

  const std::shared_ptr<Client>& client() const { return client_; }
  const std::string& id() const { return id_; }

  // Shuts out every other producer of this id, and waits until its transaction is decided.
  Status take_over();

  Status begin();

  // Waits until the cluster has what was written.
  Status flush();

  // Puts offsets into the transaction.
  Status add_offsets(const std::string& group, const rd_kafka_topic_partition_list_t* offsets);

  Status commit();

  // The first transactional request whose answer never came, in words. The cluster may still get
  // it, and would take it for part of a later transaction of this producer.
  std::optional<std::string> unanswered() const;

  // For whoever writes, from any thread.
  rd_kafka_topic_t* topic(const std::string& name, const std::optional<std::string>& compression);
  void note_written(std::size_t messages);
  // From now on flush() says that the transaction is lost.
  void note_failure(const Error& error);
  bool has_failed() const;
  // Takes the cluster's answers, waiting for one at most so long.
  void serve(std::chrono::milliseconds at_most = {});

 private:
  struct Tally {
    std::uint64_t written = 0;
    std::uint64_t settled = 0;
    std::optional<Error> failure;
    bool is_purged = false;  // The failure is the client's own doing, for a reason of its own.
  };
  // Lives as long as the client calls.
  struct Watch {
    Guarded<std::optional<std::string>> unanswered;
  };
  using Call = std::function<rd_kafka_error_t*()>;

  TransactionalProducer(std::string id, std::chrono::milliseconds patience, std::stop_token stop)
      : id_(std::move(id)), patience_(patience), stop_(std::move(stop)) {}

  static rd_kafka_resp_err_t watch_instance(
      rd_kafka_t* handle, const rd_kafka_conf_t* configuration, void* watch, char*, std::size_t);
  Status insist(std::string_view what, std::chrono::milliseconds at_most, const Call& call);
  Error error_of(const rd_kafka_error_t& error) const;
  Error cause_of_purge(const Error& purged) const;
  void count(rd_kafka_event_t* reports);

  // Set at construction.
  std::string id_;
  std::chrono::milliseconds patience_;  // The transaction's timeout: later it is lost anyway.
  std::stop_token stop_;
  SystemClock clock_;
  Watch watch_;
  std::shared_ptr<Client> client_;

  Guarded<Tally> tally_;
  Guarded<std::map<std::string, Handle<rd_kafka_topic_t>>> topics_;  // Go before the client.
};

}  // namespace weir::kafka
