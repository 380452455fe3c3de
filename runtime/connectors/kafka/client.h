#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "base/guarded.h"
#include "base/log.h"
#include "base/result.h"
#include "connectors/connector.h"
#include "connectors/kafka/handles.h"
#include "connectors/kafka/properties.h"

namespace weir::kafka {

// The client's instance for one port, with its log lines and what is known about its cluster.
// Shared by the port and its readers (writers), which may go in any order. Safe from any thread.
class Client final {
 public:
  using Prepare = std::function<void(rd_kafka_conf_t*)>;

  // Connects in the background: a cluster that is not there is no error. `own` goes over the
  // cluster's properties; `prepare` may add to the configuration what is no property.
  static Result<std::shared_ptr<Client>> open(Role role,
                                              const ClusterSpec& cluster,
                                              Properties own,
                                              const Log& log,
                                              const Prepare& prepare = {});
  ~Client();
  Client(const Client&) = delete;
  Client& operator=(const Client&) = delete;

  rd_kafka_t* handle() const { return handle_; }
  const Log& log() const { return log_; }
  const std::string& cluster() const { return cluster_; }

  // The queue of errors (and of delivery reports). Whoever waits on it hands errors to observe.
  rd_kafka_queue_t* events() const { return events_.get(); }

  // Takes note of an error event. Logs when the cluster goes out of reach, once. Returns an error
  // if waiting will not help.
  std::optional<Error> observe(rd_kafka_event_t* event);

  // The cluster has just answered. Logs when it was out of reach.
  void mark_reachable();

  // The cluster has refused us, and answered nothing since: if it keeps silent, that is why.
  std::optional<Error> refusal() const;

  // Why the cluster is out of reach; none when it is not.
  std::optional<std::string> trouble() const;

 private:
  struct Health {
    std::optional<std::string> trouble;
    std::string last_failure;      // Of a single connection.
    std::optional<Error> refusal;  // Authentication failed, and nothing was answered since.
  };

  Client(std::string cluster, Log log) : cluster_(std::move(cluster)), log_(std::move(log)) {}

  static void write_log(const rd_kafka_t* handle,
                        int level,
                        const char* facility,
                        const char* text);

  // Set at construction.
  std::string cluster_;
  Log log_;
  rd_kafka_t* handle_ = nullptr;
  Handle<rd_kafka_queue_t> events_;

  Guarded<Health> health_;
};

}  // namespace weir::kafka
